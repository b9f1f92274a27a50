"""Two neighbouring sizes of a view or reshape change places.

>>> from . import Source
>>> [text for _, text in changes(Source("x.view(b, -1, h, d)"))]
['x.view(-1, b, h, d)', 'x.view(b, h, -1, d)', 'x.view(b, -1, d, h)']
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import Edit, Source
from ._patterns import swapped


def changes(source: Source) -> Iterator[Edit]:
    """Every view with each pair of neighbours swapped."""
    for call in source.calls("view", "reshape"):
        if isinstance(call.func, ast.Attribute) and source.at(call.func.value) != "torch":
            for sizes in swapped([source.at(arg) for arg in call.args]):
                yield call, f"{source.at(call.func)}({', '.join(sizes)})"
