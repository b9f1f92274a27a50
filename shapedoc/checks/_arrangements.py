"""The calls that put the axes of a tensor in the order in which they are."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from shapedoc.core.axes import Axis, Layout
from shapedoc.trace.recorder import Op, Var

MOST = 6  # calls that are told
FAR = 200  # calls that are looked at


def arrangements(var: Var, axes: Collection[Axis]) -> Iterator[Op]:
    """Calls behind a tensor after which these axes are arranged otherwise than before, the nearest first."""
    waiting, seen, told = [var], {var}, 0
    while waiting and told < MOST and len(seen) < FAR:
        after = waiting.pop(0)
        op = after.op
        sources = [one for one in op.inputs() if one.op is not None or _order(one, axes)] if op else []
        if op and len(sources) == 1 and _order(sources[0], axes) != _order(after, axes):
            told += 1
            yield op
        fresh = [one for one in sources if one not in seen and _order(one, axes)]
        seen.update(fresh)
        waiting.extend(fresh)


def _order(var: Var, axes: Collection[Axis]) -> Layout:
    """The dimensions that hold any of the axes, one after the other."""
    return tuple(dim for dim in var.layout or () if any(piece.axis in axes for piece in dim))
