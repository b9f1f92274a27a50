"""In which order a call puts elements: found by running it on their numbers.

>>> numbers = np.arange(4).reshape(1, 4)
>>> patterns = "b (h d) -> b h d", "b (d h) -> b h d"
>>> right, mutated = (einops.rearrange(numbers, pattern, h=2) for pattern in patterns)
>>> along(right, mutated, (1, 4))
{1: array([0, 2, 1, 3])}
"""

from __future__ import annotations

from typing import Any

import einops
import numpy as np
import torch

from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Trace, Var

MOVES = "view reshape permute transpose t T mT swapaxes movedim flatten unflatten getitem".split()
Moved = tuple[tuple[int, ...], np.ndarray]  # the shape that went in, and where each element of the result was


def moves_on(trace: Trace, file: str, line: int) -> list[tuple[Op, Moved]]:
    """The calls on a line that only move elements, in the order they ran."""
    return [(op, moved) for op in trace.ops if _is_on(op, file, line) and (moved := _moved(op)) is not None]


def _is_on(op: Op, file: str, line: int) -> bool:
    places = [op.place, op.module.made if op.module else None]
    return any(place and place.line()[1] == line and place.line()[0].endswith(file) for place in places)


def _moved(op: Op) -> Moved | None:
    name = canonical(op.name)
    x = op.args[0] if op.args else None
    if not isinstance(x, Var) or not isinstance(op.outputs, Var) or len(op.inputs()) != 1:
        return None
    numbers = torch.arange(int(np.prod(x.shape))).reshape(x.shape)
    return (x.shape, moved.numpy()) if (moved := _run(op, name, numbers)) is not None else None


def _run(op: Op, name: str, numbers: torch.Tensor) -> Any:
    if name == "einops.reduce":  # of what becomes one entry, the first tells where the others stand
        return einops.reduce(numbers, op.args[1], "min", **op.kwargs)
    if name in ("einops.rearrange", "einops.repeat"):
        return getattr(einops, name.partition(".")[2])(numbers, *op.args[1:], **op.kwargs)
    return op.func(numbers, *op.args[1:], **op.kwargs) if name in MOVES and name != "getitem" else None


def along(right: np.ndarray, mutated: np.ndarray, shape: tuple[int, ...]) -> dict[int, np.ndarray] | None:
    """Which entry stands where another should, for each axis of `shape`; None if the axes do not stay apart."""
    if right.shape != mutated.shape or right.size != np.prod(shape):
        return None
    source = np.empty(right.size, dtype=np.int64)
    source[mutated.ravel()] = right.ravel()
    if len(np.unique(source)) != source.size:
        return None
    orders: dict[int, np.ndarray] = {}
    places = np.stack(np.unravel_index(source, shape))
    for axis, places_there in enumerate(places):
        grid = np.moveaxis(places_there.reshape(shape), axis, 0).reshape(shape[axis], -1)
        if (grid != grid[:, :1]).any():
            return None
        if (grid[:, 0] != np.arange(shape[axis])).any():
            orders[axis] = grid[:, 0]
    return orders
