"""Carries named axes through a recorded run: one rule per operation, by its bare name.

A rule takes the call's own arguments, with Vars where the tensors were, and gives the layout of
each output. Rules live in the modules of this package, which are found by walking it. What no
rule knows gets fresh axes: it loses names, never correctness.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import torch

from shapedoc.core.axes import Axis, Dim, Kind, Layout, dim_of, fresh, reshape, shape_of
from shapedoc.core.regrouping import exchanges
from shapedoc.core.uncollected import uncollected
from shapedoc.trace.recorder import Op, Torn, Trace, Var, variables

Rule = TypeVar("Rule", bound=Callable[..., Any])
_RULES: dict[str, Callable[..., Any]] = {}

_OPERATORS = {
    "truediv": "div", "rtruediv": "div", "itruediv": "div", "rdiv": "div", "idiv": "div", "floordiv": "div",
    "rsub": "sub", "isub": "sub", "radd": "add", "iadd": "add", "rmul": "mul", "imul": "mul", "rpow": "pow",
    "ipow": "pow", "rmatmul": "matmul", "imatmul": "matmul", "mod": "remainder", "rmod": "remainder",
    "and": "bitwise_and", "iand": "bitwise_and", "or": "bitwise_or", "ior": "bitwise_or",
    "xor": "bitwise_xor", "invert": "bitwise_not", "rand": "bitwise_and", "ror": "bitwise_or",
    "pos": "positive", "linalg_vector_norm": "norm", "rfloordiv": "div",
}  # fmt: skip


class Unknown(Exception):
    """Raised by a rule that cannot tell."""


def rule(*names: str) -> Callable[[Rule], Rule]:
    """Register a layout rule under the bare names of operations."""

    def register(function: Rule) -> Rule:
        _RULES.update(dict.fromkeys(names, function))
        return function

    return register


@cache
def canonical(name: str) -> str:
    """The bare name that methods, operators and in-place forms share.

    >>> canonical("__iadd__"), canonical("add_"), canonical("__rsub__"), canonical("__getitem__")
    ('add', 'add', 'sub', 'getitem')
    """
    bare = name.strip("_")
    return _OPERATORS.get(bare, bare)


@cache
def _load() -> None:
    for module in pkgutil.iter_modules(__path__, f"{__name__}."):
        importlib.import_module(module.name)


@cache
def rule_for(name: str) -> Callable[..., Any] | None:
    """The rule of an operation, or the elementwise one where torch tags it pointwise."""
    _load()
    bare = canonical(name)
    return _RULES.get(bare) or (_RULES["elementwise"] if _is_pointwise(bare) else None)


def _is_pointwise(name: str) -> bool:
    packet = getattr(torch.ops.aten, name, None)
    overloads = packet.overloads() if packet is not None and hasattr(packet, "overloads") else ()
    return any(torch.Tag.pointwise in getattr(packet, overload).tags for overload in overloads)


@uncollected()
def follow(trace: Trace) -> list[tuple[Op, Exception]]:
    """Give every Var of a trace its layout. Returns the calls whose rule failed."""
    lost: list[tuple[Op, Exception]] = []
    for leaf in trace.leaves:
        if leaf.layout is None:
            leaf.layout = fresh(leaf.shape)
    for op in trace.ops:
        outputs = variables(op.outputs)
        if outputs or is_kernel(op):
            _lay_out(op, outputs, lost)
    return lost


def is_kernel(op: Op) -> bool:
    """Whether a call is of a kernel with its own contract; it names its operands even where it fails."""
    return hasattr(op.func, "contract_for")


def _lay_out(op: Op, outputs: list[Var], lost: list[tuple[Op, Exception]]) -> None:
    found: Sequence[Layout | None] = ()
    function = rule_for("kernel" if is_kernel(op) else op.name)
    if function is not None:
        try:
            found = _as_layouts(function(op, *op.args, **op.kwargs))
        except Unknown:
            pass
        except Exception as error:
            lost.append((op, error))
    for index, var in enumerate(outputs):
        layout = found[index] if index < len(found) else None
        fits = layout is not None and shape_of(layout) == var.shape
        var.layout = layout if fits else fresh(var.shape, op.index)


def _as_layouts(result: Any) -> list[Layout | None]:
    """A rule gives one layout, or a list of them."""
    return result if isinstance(result, list) else [result]


def layout(var: Var) -> Layout:
    """The layout of an operand."""
    if var.layout is None:
        raise Unknown
    return var.layout


def new_axis(size: int, op: Op, name: str = "", kind: Kind = Kind.UNKNOWN) -> Dim:
    """A dimension made by this call."""
    return dim_of(Axis(size, name, kind, op.index))


def reshaped(op: Op, dims: Layout, shape: Sequence[int]) -> Layout:
    """Dimensions of another shape, with what that tears written to the call."""
    result = reshape(dims, shape, op.index)
    for tear in (*result.tears, *exchanges(dims, shape)):
        op.torn += (Torn(dims[slice(*tear.old)], result.layout[slice(*tear.new)]),)
    return result.layout


def output_shape(op: Op, index: int = 0) -> tuple[int, ...]:
    """The shape of an output as torch gave it."""
    return variables(op.outputs)[index].shape


def position(dim: int, rank: int) -> int:
    """A dim counted from the front."""
    return dim + rank if dim < 0 else dim


def flat(sizes: tuple[Any, ...]) -> tuple[Any, ...]:
    """Arguments of calls that take `(2, 3)` as well as `2, 3`."""
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], (tuple, list)) else tuple(sizes)
