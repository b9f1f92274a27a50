"""`repeat` for `repeat_interleave`, the reverse, and the sizes of a repeat or expand the other way round.

>>> from . import Source
>>> [text for _, text in changes(Source("x.repeat_interleave(3, dim=0)"))]
['x.repeat(3, *(1,) * (x.dim() - 1))']
>>> [text for _, text in changes(Source("x.repeat(3, 1)"))]
['x.repeat(1, 3)', 'x.repeat_interleave(3, dim=0)']
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from . import Edit, Source, keyword, number
from ._patterns import swapped


def changes(source: Source) -> Iterator[Edit]:
    """Methods of tensors alone; patterns of einops are another kind's."""
    for call in source.calls("repeat", "repeat_interleave", "expand"):
        if not isinstance(call.func, ast.Attribute) or source.at(call.func.value) in ("torch", "einops"):
            continue
        tensor, name = source.at(call.func.value), call.func.attr
        if name == "repeat_interleave":
            yield from _repeated(source, call, tensor)
            continue
        sizes = [source.at(arg) for arg in call.args]
        yield from ((call, f"{tensor}.{name}({', '.join(order)})") for order in swapped(sizes))
        many = [at for at, arg in enumerate(call.args) if number(arg) not in (1, -1)]
        if name == "repeat" and len(many) == 1:
            yield call, f"{tensor}.repeat_interleave({sizes[many[0]]}, dim={many[0]})"


def _repeated(source: Source, call: ast.Call, tensor: str) -> Iterator[Edit]:
    dim = number(keyword(call, "dim") or (call.args[1] if len(call.args) > 1 else None))
    if call.args and dim is not None and dim >= 0:
        before = "1, " * dim
        yield (
            call,
            f"{tensor}.repeat({before}{source.at(call.args[0])}, *(1,) * ({tensor}.dim() - {dim + 1}))",
        )
