"""Who set a size: the lines that made the dimensions which disagree.

A dimension leads back to the call that made its axis, to the line that constructed the layer it
came out of, and to the assignments of the attributes that those lines use (`self.num_heads`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import IntEnum
from typing import Any

from shapedoc.core.assignments import attribute_assignments, attributes_in
from shapedoc.core.axes import Axis, describe, name_of, pieces_of, size_of
from shapedoc.core.report import Label, Span
from shapedoc.trace.places import is_library_class
from shapedoc.trace.recorder import Module, Op, Trace, Var

MOST = 10  # labels on one finding


class Near(IntEnum):
    """How near a line is to the fault; nearer labels are kept first."""

    OPERAND = 0  # in the line that failed
    LAYER = 1  # constructed the layer whose weight disagrees
    AXIS = 2  # made the axis that disagrees
    TENSOR = 3  # made the tensor it stands in
    NUMBER = 4  # assigned a number that one of those lines uses
    OTHER = 5  # made another operand


class Blame:
    """Labels for the sizes that disagree, nearest first, at most one to a place."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self._found: list[tuple[Near, Label]] = []

    def labels(self) -> tuple[Label, ...]:
        """The nearest labels, without those that repeat a place."""
        kept: dict[tuple[str, int, int], Label] = {}
        for _, label in sorted(self._found, key=lambda found: found[0]):
            kept.setdefault((label.span.path, label.span.line, label.span.column), label)
        return tuple(kept.values())[:MOST]

    def add(self, near: Near, span: Span, text: str) -> None:
        """Note a label."""
        self._found.append((near, Label(span, text)))

    def layer(self, call: Module | None) -> None:
        """The line that constructed a layer of the library in which something is wrong."""
        if call is not None:
            self._constructor(Near.LAYER, call, f"{type(call.module).__name__} is constructed here")

    def dimension(self, var: Var, index: int, axis: str = "") -> None:
        """The lines behind one dimension of a tensor."""
        dim = var.layout[index] if var.layout and index < len(var.layout) else ()
        name = axis or name_of(dim)
        size = f"{name}={var.shape[index]}" if name else str(var.shape[index])
        if var.op is None:
            self._leaf(var, f"{size} is set here")
            return
        for piece in pieces_of((dim,)):
            self._leaves_with(piece.axis, f"{size} is set here")
            made = [(piece.origin, size), *((axis.origin, str(axis.size)) for axis in piece.axis.line())]
            for step, (origin, what) in enumerate(made):
                if origin is not None:
                    near = Near.AXIS if step < 2 else Near.NUMBER
                    self._op(
                        near, self.trace.ops[origin], f"the {what} is made here", size_of(dim), piece.size
                    )
        self._op(Near.TENSOR, var.op, f"this has {size}", var.shape[index])
        self._call(var.op.module, f"{size} comes out of this")

    def _call(self, call: Module | None, text: str) -> None:
        """The line that called the user's module out of which a tensor has come."""
        if call is not None and call.place is not None and _is_users(call):
            self.add(Near.TENSOR, call.place.span(), text)

    def _leaves_with(self, axis: Axis, text: str) -> None:
        """The parameter that an axis has come from."""
        if axis.origin is None:
            for leaf in self.trace.leaves:
                if any(piece.axis is axis for piece in pieces_of(leaf.layout or ())):
                    self._leaf(leaf, text)

    def tensor(self, var: Var, near: Near = Near.TENSOR) -> None:
        """The line that made a tensor, for faults that are not about one dimension."""
        shape = f"[{' '.join(map(str, var.shape))}]"
        if var.op is not None:
            self._op(near, var.op, f"{shape} is made here", 0)
        else:
            self._leaf(var, f"{shape} is set here")

    def arranged(self, var: Var) -> None:
        """The line that gave the dimensions of a tensor their order."""
        op = var.op
        if op is None:
            return
        order = f"[{' '.join(describe(var.layout or ()))}]"
        layers = [op.module.made] if op.module and is_library_class(type(op.module.module)) else []
        for place in (*layers, op.place):
            if place is not None:
                self.add(Near.OPERAND, place.span(), f"put in this order here: {order}")

    def _leaf(self, var: Var, text: str) -> None:
        """A parameter: the line that constructed its layer, or assigned it."""
        if var.origin is not None:
            self._constructor(Near.LAYER, var.origin, text)
            for span in _assigned(var.origin.module, var.name.rpartition(".")[2]):
                self.add(Near.LAYER, span, text)
                self._constructions(var.origin)

    def _constructions(self, call: Module) -> None:
        """The lines that constructed the user's modules around a parameter, which gave them their numbers."""
        for around in call.chain():
            if around.made is not None and _is_users(around):
                self.add(Near.NUMBER, around.made.span(), "constructed here")

    def _constructor(self, near: Near, call: Module, text: str) -> None:
        """The line that constructed a layer of the library, whose own code is not to blame."""
        if call.made is not None and is_library_class(type(call.module)):
            self.add(near, call.made.span(), text)
            self._numbers(call.parent, call.made.span(), 0)

    def _op(self, near: Near, op: Op, text: str, size: int, made: int = 0) -> None:
        if op.module is not None:
            self._constructor(near, op.module, text)
        for place in op.place.chain() if op.place else ():
            self.add(near, place.span(), text)
            self._numbers(op.module, place.span(), size, made)
            near, text = max(near, Near.NUMBER), "called here"

    def _numbers(self, call: Module | None, span: Span, size: int, made: int = 0) -> None:
        """Where the attributes that a line uses were assigned, if they are numbers that can be at work in it.

        Nearest is the number that is just the size `made` there.
        """
        owner = next((around for around in call.chain() if _is_users(around)), None) if call else None
        for name in attributes_in(span) if owner else ():
            value = getattr(owner.module, name, None) if owner else None
            if owner and _is_factor(value, size):
                for assigned in _assigned(owner.module, name):
                    self.add(Near.AXIS if value == made else Near.NUMBER, assigned, f"self.{name} is {value}")


def _is_users(call: Module) -> bool:
    return not is_library_class(type(call.module))


def _assigned(module: Any, name: str) -> Iterator[Span]:
    """The assignments of `self.name` in the classes of a module, its own first."""
    for kind in type(module).__mro__:
        if kind is not object and not is_library_class(kind):
            path = getattr(sys.modules.get(kind.__module__), "__file__", None)
            yield from attribute_assignments(path, kind.__name__, name) if path else ()


def _is_factor(value: Any, size: int) -> bool:
    """Whether a number can have had a part in a size; 0 stands for any size."""
    return type(value) is int and value > 1 and (not size or size % value == 0)
