"""A recorded run as the frozen data of a report."""

from __future__ import annotations

from functools import cache

import torch

from shapedoc.core.axes import Dim, Layout, name_of, size_of
from shapedoc.core.report import Call, Size, Step, Value
from shapedoc.trace.recorder import Module, Op, Trace, Var, variables


def sizes(layout: Layout) -> tuple[Size, ...]:
    """Dimensions with their names."""
    return tuple([_size(dim) for dim in layout])


def _size(dim: Dim) -> Size:
    return Size(size_of(dim), name_of(dim))


@cache
def dtype_name(dtype: torch.dtype) -> str:
    """`float32` for `torch.float32`."""
    return str(dtype).removeprefix("torch.")


def value_of(var: Var) -> Value:
    """A tensor as a reader sees it."""
    dims = sizes(var.layout) if var.layout is not None else tuple([Size(size) for size in var.shape])
    return Value(var.name, dtype_name(var.dtype), dims)


class Reporter:
    """Steps and calls of a trace; a tensor that many of them mention is described once."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.values: dict[Var, Value] = {}

    def steps(self) -> tuple[Step, ...]:
        """Every call that gave a tensor, failed, or launched a kernel."""
        shown = [op for op in self.trace.ops if op.outputs or op.error or hasattr(op.func, "is_launch")]
        return tuple([self._step(op) for op in shown])

    def calls(self) -> tuple[Call, ...]:
        """Every module call."""
        return tuple([self._call(module) for module in self.trace.modules])

    def _values(self, nested: object) -> tuple[Value, ...]:
        return tuple([self.values.get(var) or self._value(var) for var in variables(nested)])

    def _value(self, var: Var) -> Value:
        self.values[var] = value = value_of(var)
        return value

    def _step(self, op: Op) -> Step:
        return Step(
            index=op.index,
            op=op.name.removeprefix("einops.").strip("_"),
            inputs=self._values(op.inputs()),
            outputs=self._values(op.outputs),
            module=op.module.path if op.module else "",
            span=op.place.span() if op.place else None,
            detail=next((arg for arg in op.args if isinstance(arg, str)), ""),
        )

    def _call(self, module: Module) -> Call:
        return Call(
            path=module.path,
            kind=type(module.module).__name__,
            inputs=self._values(module.inputs),
            outputs=self._values(module.outputs),
            constructed=module.made.span() if module.made else None,
            first=module.first,
            last=module.last,
        )
