"""A permute is dropped, or has two neighbours of its order the other way round.

>>> from . import Source
>>> [text for _, text in changes(Source("x.permute(0, 2, 1)"))]
['x', 'x.permute(2, 0, 1)', 'x.permute(0, 1, 2)']
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import Edit, Source
from ._patterns import swapped


def changes(source: Source) -> Iterator[Edit]:
    """Every permute without, and with each pair of neighbours swapped."""
    for call in source.calls("permute", "movedim", "moveaxis"):
        if not isinstance(call.func, ast.Attribute) or source.at(call.func.value) == "torch":
            continue
        yield call, source.at(call.func.value)
        first = call.args[0] if len(call.args) == 1 else None
        dims = first.elts if isinstance(first, (ast.Tuple, ast.List)) else call.args
        for order in swapped([source.at(dim) for dim in dims]):
            yield call, f"{source.at(call.func)}({', '.join(order)})"
