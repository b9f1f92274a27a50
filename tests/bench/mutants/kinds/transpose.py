"""A transpose is dropped, or takes the dimension beside one that it should.

>>> from . import Source
>>> [text for _, text in changes(Source("k.transpose(-1, -2)"))]
['k', '-3', '-3']
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import Edit, Source, number


def changes(source: Source) -> Iterator[Edit]:
    """Every transpose without, and with each of its dimensions moved on."""
    for call in source.calls("transpose", "swapaxes", "t"):
        if isinstance(call.func, ast.Attribute) and source.at(call.func.value) != "torch":
            yield call, source.at(call.func.value)
        elif call.args:
            yield call, source.at(call.args[0])
        dims = [arg for arg in call.args[-2:] if number(arg) is not None]
        if len(dims) == 2:
            yield from _moved(dims)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
            yield node, source.at(node.value)


def _moved(dims: list[ast.expr]) -> Iterator[Edit]:
    known = [number(dim) for dim in dims]
    for dim, value in zip(dims, known, strict=True):
        step = -1 if value is not None and value < 0 else 1
        other = (value or 0) + step
        yield dim, str(other if other not in known else other + step)
