"""Weights from which an axis came, or into which it goes: where another order of it could have been learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shapedoc.trace.layouts import canonical, rule_for
from shapedoc.trace.recorder import Op, Trace, Var, variables

MOVES = ("einops.rearrange", "view", "reshape", "permute", "transpose", "unflatten")
GATHERS = ("stack", "pad_sequence", "getitem", "expand")
NORMS = ("layer_norm", "rms_norm", "batch_norm", "group_norm", "normalize", "norm")
VIEWS = ("getitem", "unsqueeze", "squeeze", "view", "expand", "to", "einops.repeat", "einops.rearrange")


@dataclass(frozen=True)
class Weight:
    """Entries of an axis of a parameter from `offset` on: their digits that count `size` strides of `step`.

    `span` entries there are, as many as `size` where the axis was not cut.
    """

    name: str
    axis: int
    offset: int
    size: int
    step: int = 1
    span: int = 0


class Weights:
    """Parameters on the way to a tensor and from it."""

    def __init__(self, trace: Trace) -> None:
        self.ops = trace.ops
        self.users: dict[Var, list[Op]] = defaultdict(list)
        for op in trace.ops:
            for var in op.inputs():
                self.users[var].append(op)

    def before(self, var: Var, axis: int, offset: int = 0, size: int = 0) -> Iterator[Weight]:
        """Weights out of which the entries along an axis came."""
        size, op = size or var.shape[axis], var.op
        if op is None:
            yield from [Weight(var.name, axis, offset, size)] if var.name else []
            return
        name, last = canonical(op.name), axis == len(var.shape) - 1
        data = [one for one in op.inputs() if not _state(one)]
        if name == "linear" and last or name.startswith("conv") and axis == 1 or name == "embedding" and last:
            out = 1 if name == "embedding" else 0
            yield from (
                Weight(p.name, out if p.shape[1:] else 0, offset, size) for p in op.inputs() if _state(p)
            )
        elif name in ("chunk", "split", "unbind") and len(data) == 1:
            earlier = sum(one.shape[axis] for one in list(variables(op.outputs))[: var.index])
            same = len(data[0].shape) == len(var.shape) and data[0].shape[axis] != var.shape[axis]
            yield from self.before(data[0], axis, offset + (earlier if same else 0), size)
        elif len(data) == 1 and data[0].shape == var.shape and _keeps(op, axis):
            yield from _beside(op, var, axis, offset, size)
            yield from self.before(data[0], axis, offset, size)
        elif name in MOVES:
            yield from self._cut(var, axis)
        elif name in VIEWS and not data:
            base = op.inputs()[0]
            yield from (Weight(base.name, at, 0, size) for at, one in enumerate(base.shape) if one == size)

    def _cut(self, var: Var, axis: int) -> Iterator[Weight]:
        """Weights behind an axis that was cut from another, which the layouts tell."""
        dim = var.layout[axis] if var.layout else ()
        if len(dim) != 1 or dim[0].axis.origin is None:
            return
        for whole in variables(self.ops[dim[0].axis.origin].outputs):
            for at, other in enumerate(whole.layout or ()):
                if len(other) == 1 and other[0].axis is dim[0].axis and other[0].whole:
                    found = list(self.before(whole, at))
                    yield from (
                        replace(weight, size=dim[0].size, step=dim[0].step, span=weight.size)
                        for weight in found
                    )

    def after(self, var: Var, axis: int, offset: int = 0, size: int = 0) -> Iterator[Weight]:
        """Weights into which the entries along an axis go."""
        size = size or var.shape[axis]
        for op in self.users[var]:
            name, last = canonical(op.name), axis == len(var.shape) - 1
            out = op.outputs if isinstance(op.outputs, Var) else None
            if name == "linear" and last or name.startswith("conv") and axis == 1:
                weight = op.inputs()[1]
                yield Weight(weight.name, 1 if name != "conv_transpose2d" else 0, offset, size)
            elif out is None:
                continue
            elif name == "cat" and len(out.shape) == len(var.shape):
                earlier = sum(one.shape[axis] for one in op.inputs()[: op.inputs().index(var)])
                grown = out.shape[axis] != var.shape[axis]
                yield from self.after(out, axis, offset + (earlier if grown else 0), size)
            elif name in (*MOVES, *GATHERS):
                stays = [at for at, dim in enumerate(out.layout or ()) if dim == (var.layout or ())[axis]]
                for at in stays:
                    yield from self.after(out, at, offset, size)
            elif name == "linear" or (out.shape == var.shape and _keeps(op, axis)):
                found = list(_beside(op, out, axis, offset, size)) if name != "linear" else []
                yield from found
                if not found or last or (axis == 1 and len(var.shape) > 3):  # features go on, tokens do not
                    yield from self.after(out, axis, offset, size)


def _state(var: Var) -> bool:
    return var.op is None and bool(var.name) and var.origin is not None


def _keeps(op: Op, axis: int) -> bool:
    """Whether entries stay where they are, and meet nothing but weights and what is the same for all of them."""
    rank = len(op.inputs()[0].shape)
    met = [
        var
        for var in op.inputs()[1:]
        if len(var.shape) + axis >= rank and var.shape[axis - rank] > 1 and not _is_weight(var)
    ]
    return not met and (
        canonical(op.name) in NORMS or rule_for(op.name) in (rule_for("add"), rule_for("relu"))
    )


def _is_weight(var: Var) -> bool:
    return _state(var) or (var.op is not None and all(map(_is_weight, var.op.inputs())))


def _base(var: Var) -> Var:
    while var.op is not None and var.op.inputs():
        var = var.op.inputs()[0]
    return var


def _beside(op: Op, var: Var, axis: int, offset: int, size: int) -> Iterator[Weight]:
    """Weights that an elementwise call or a norm lays along the axis."""
    for one in op.inputs()[1:]:
        base = _base(one)
        for at, entries in enumerate(base.shape):
            if base.name and entries >= offset + size and entries - offset - size < 8:
                yield Weight(base.name, at, offset, size)
                break
