"""The calls that put the axes of a tensor in the order in which they are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from shapedoc.core.axes import Axis, Dim, Layout
from shapedoc.trace.recorder import Var

Axes = Collection[Axis]
MOST = 7  # calls that are told
FAR = 200  # calls that are looked at


def arrangements(var: Var, axes: Axes) -> list[Var]:
    """Tensors behind this one whose call arranged these axes otherwise than before, the nearest first.

    Where none did, those whose call put dimensions beside them.
    """
    return list(_changed(var, axes, _order)) or list(_changed(var, axes, _places))


def _changed(var: Var, axes: Axes, key: Callable[[Var, Collection[Axis]], object]) -> Iterator[Var]:
    waiting, seen, told = [var], {var}, 0
    while waiting and told < MOST and len(seen) < FAR:
        after = waiting.pop(0)
        inputs = after.op.inputs() if after.op else []
        sources = [one for one in inputs if one.op is not None or _order(one, axes)]
        if len(sources) == 1 and key(sources[0], axes) != key(after, axes):
            told += 1
            yield after
        fresh = [one for one in sources if one not in seen and _order(one, axes)]
        seen.update(fresh)
        waiting.extend(fresh)


def _order(var: Var, axes: Axes) -> Layout:
    """The dimensions that hold any of the axes, one after the other."""
    return tuple(dim for dim in var.layout or () if _holds(dim, axes))


def _places(var: Var, axes: Axes) -> list[int]:
    """Where these dimensions stand, counted from the last."""
    dims = var.layout or ()
    return [at - len(dims) for at, dim in enumerate(dims) if _holds(dim, axes)]


def _holds(dim: Dim, axes: Axes) -> bool:
    """Whether any of the axes is in a dimension, or in a part that it was joined from."""
    return any(piece.axis in axes or any(_holds(part, axes) for part in piece.axis.parts) for piece in dim)
