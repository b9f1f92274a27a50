"""A softmax runs along another dimension.

>>> from . import Source
>>> [text for _, text in changes(Source("attn.softmax(dim=-1)"))]
['-2', '1']
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import Edit, Source, keyword, number

NAMES = ("softmax", "Softmax", "log_softmax", "LogSoftmax")


def changes(source: Source) -> Iterator[Edit]:
    """Every softmax along its neighbour, and along the second dimension."""
    for call in [*source.calls(*NAMES), *_partials(source)]:
        dim = keyword(call, "dim") or (call.args[-1] if call.args else None)
        known = number(dim)
        if isinstance(dim, ast.expr) and known is not None:
            yield dim, str(known - 1 if known < 0 else known + 1)
            yield dim, "1" if known != 1 else "0"


def _partials(source: Source) -> Iterator[ast.Call]:
    """`partial(F.softmax, dim=-1)`"""
    for call in source.calls("partial"):
        if call.args and source.at(call.args[0]).rpartition(".")[2] in NAMES:
            yield call
