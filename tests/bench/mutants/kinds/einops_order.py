"""Two neighbours of a pattern change places, on either side of the arrow.

>>> from . import Source
>>> [text for _, text in changes(Source("rearrange(x, 'b (h d) -> b d h', h=2)"))]
["'(h d) b -> b d h'", "'b (d h) -> b d h'", "'b (h d) -> d b h'", "'b (h d) -> b h d'"]
"""

from __future__ import annotations

from collections.abc import Iterator

from . import Edit, Source
from ._patterns import orders, parsed, patterns, quoted


def changes(source: Source) -> Iterator[Edit]:
    """Every pattern with one swap."""
    for pattern in patterns(source):
        left, right = (parsed(side) for side in str(pattern.value).split("->"))
        yield from ((pattern, quoted(pattern, source, other, right)) for other in orders(left))
        yield from ((pattern, quoted(pattern, source, left, other)) for other in orders(right))
