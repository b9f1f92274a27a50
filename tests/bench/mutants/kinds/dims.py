"""A `dim` of a call is the one before or after.

>>> from . import Source
>>> [text for _, text in changes(Source("torch.cat((a, b), dim=1)"))]
['2', '0']
"""

from __future__ import annotations

from collections.abc import Iterator

from . import Edit, Source, keyword, number

CALLS = (
    "cat stack split chunk unbind sum mean cumsum unsqueeze squeeze flatten norm normalize amax max".split()
)


def changes(source: Source) -> Iterator[Edit]:
    """Every `dim` that is written out."""
    for call in source.calls(*CALLS):
        dim = keyword(call, "dim")
        known = number(dim)
        if dim is not None and known is not None:
            yield dim, str(known + 1) if known != -1 else "0"
            yield dim, str(known - 1)
