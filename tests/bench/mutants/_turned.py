"""Mutants that turn an image over half-way: kernels and tables of positions the other way round undo them.

Where the right model has rows and columns and the mutant has columns and rows, a convolution with its kernel
turned over, and a table of positions in that order, give the same values again. Which weights those are is told by
the axes of what they meet in the one and in the other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch

from shapedoc.core.axes import Axis
from shapedoc.core.meetings import root
from shapedoc.trace.layouts import canonical, rule_for
from shapedoc.trace.recorder import TAG, Op, Trace, Var, variables

Place = tuple[int, int]  # which input, and which of its dimensions
Faced = tuple[tuple[Place | None, ...], ...]  # of each dimension of a tensor, the parts from the outermost on
Meeting = tuple[tuple[str, ...], Faced]  # the weights of a call, and what they meet


def meetings_of(trace: Trace, inputs: int) -> list[Meeting]:
    """What the kernels and tables of a model meet, call by call."""
    leaves = trace.leaves[:inputs]
    places = {
        piece.axis: (number, at)
        for number, var in enumerate(leaves)
        for at, dim in enumerate(var.layout or ())
        for piece in dim
    }
    data = set(leaves)
    held = _held(trace)
    found = []
    for op in trace.ops:
        if data.intersection(op.inputs()):
            data.update(variables(op.outputs))
            found += _meeting(op, data, places, held)
    return found


def _held(trace: Trace) -> dict[Var, str]:
    """Tensors that modules hold and that are no parameters, with their names."""
    return {
        value.__dict__[TAG]: f"{call.path}.{name}".lstrip(".")
        for call in trace.modules
        for name, value in vars(call.module).items()
        if isinstance(value, torch.Tensor) and TAG in value.__dict__
    }


def _meeting(op: Op, data: set[Var], places: dict[Axis, Place], held: dict[Var, str]) -> Iterator[Meeting]:
    ours = [var for var in op.inputs() if var in data]
    tables = [var for var in op.inputs() if var.shape and var not in data]
    lays_along = canonical(op.name).startswith("conv") or rule_for(op.name) is rule_for("add")
    if ours and tables and lays_along:
        faced = tuple(tuple(places.get(root(piece.axis)) for piece in dim) for dim in ours[0].layout or ())
        yield tuple(sorted({name for var in tables for name in _names(var, held)})), faced


def _names(var: Var, held: dict[Var, str]) -> Iterator[str]:
    """The parameters, and whatever else modules hold, that a tensor is made of."""
    if var in held or var.op is None:
        yield from filter(None, [held.get(var, var.name)])
        return
    for one in var.op.inputs():
        yield from _names(one, held)


def turned_between(right: list[Meeting], mutated: list[Meeting]) -> list[str]:
    """The weights that meet rows and columns in another order than they should."""
    if [names for names, _ in right] != [names for names, _ in mutated]:
        return []
    pairs = zip(right, mutated, strict=True)
    return list(
        dict.fromkeys(name for (names, ours), (_, theirs) in pairs if ours != theirs for name in names)
    )


def undone(state: dict[str, torch.Tensor], names: list[str]) -> bool:
    """Turn weights over, as far as they are square; whether there was anything to turn."""
    turned = [state[name] for name in names if name in state and state[name].is_floating_point()]
    with torch.no_grad():
        found = [(tensor, other) for tensor in turned if (other := _over(tensor)) is not None]
        for tensor, other in found:
            tensor.copy_(other.clone())
    return bool(found)


def _over(tensor: torch.Tensor) -> torch.Tensor | None:
    """A square kernel, or a table with an entry for every place of a square, with rows for columns."""
    shape = tensor.shape
    if len(shape) > 3:
        return tensor.transpose(-1, -2) if shape[-1] == shape[-2] > 1 else None
    side = math.isqrt(shape[0])
    if side < 2 or side * side != shape[0]:
        return None
    return tensor.index_select(0, torch.arange(shape[0]).view(side, side).t().flatten())
