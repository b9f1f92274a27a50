"""A pattern loses a name, or a pair of parentheses.

>>> from . import Source
>>> [text for _, text in changes(Source("rearrange(x, 'b (h d) -> b h d', h=2)"))][:2]
["'(h d) -> b h d'", "'b h d -> b h d'"]
"""

from __future__ import annotations

from collections.abc import Iterator

from . import Edit, Source
from ._patterns import Side, parsed, patterns, quoted


def changes(source: Source) -> Iterator[Edit]:
    """Every pattern without one of its terms, on either side."""
    for pattern in patterns(source):
        left, right = (parsed(side) for side in str(pattern.value).split("->"))
        yield from ((pattern, quoted(pattern, source, other, right)) for other in _without(left))
        yield from ((pattern, quoted(pattern, source, left, other)) for other in _without(right))


def _without(side: Side) -> Iterator[Side]:
    for at, item in enumerate(side):
        yield [*side[:at], *(item if isinstance(item, list) else ()), *side[at + 1 :]]
