"""Coordinates that travel with the tensors of a running model, and the reshapes that tear them.

Every tensor carries one grid of integers for each of its axes, in its own shape: where along that axis an
element comes from. Calls that move elements move the grids with torch's own function; calls that compute
keep the grids of what they map one to one, and begin new ones for what comes out of a weight.

>>> x = torch.zeros(2, 6, 4)
>>> with Coordinates(x) as seen:
...     _ = x.reshape(8, 6), x.transpose(1, 2).reshape(8, 6)
>>> seen.torn
[True, False]
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

Grids = list[Tensor]

RESHAPES = frozenset("view reshape flatten unflatten".split())
MOVES = RESHAPES | frozenset(
    "permute transpose unsqueeze squeeze chunk split unbind __getitem__ contiguous expand".split()
)
LAST = frozenset("linear multi_head_attention_forward lstm gru rnn_tanh".split())


class Coordinates(TorchFunctionMode):
    """While it is active, `torn` gets an entry for every reshape: whether it regrouped across axes."""

    def __init__(self, *inputs: Tensor) -> None:
        super().__init__()
        self.torn: list[bool] = []
        for x in inputs:
            x.grids = fresh(x.shape)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        name, given = getattr(func, "__name__", ""), args[0] if args else None
        if isinstance(given, Tensor) and hasattr(given, "grids"):
            for index, out in enumerate(_outputs(result)):
                out.grids = self._grids(name, index, out, func, args, kwargs or {})
        return result

    def _grids(
        self, name: str, index: int, out: Tensor, func: Callable[..., Any], args: Any, kwargs: Any
    ) -> Grids:
        x = args[0]
        if name in MOVES:
            moved = [_outputs(func(grid, *args[1:], **kwargs))[index] for grid in x.grids]
            return self._judged(x.grids, moved) if name in RESHAPES else moved
        if name in LAST and out.shape[:-1] == x.shape[:-1]:
            return _renewed(x.grids, out.shape, out.ndim - 1)
        if name in ("conv1d", "conv2d", "conv3d") and out.shape[2:] == x.shape[2:]:
            return _renewed(x.grids, out.shape, 1)
        if name in ("matmul", "bmm", "__matmul__"):
            return _product(x.grids, getattr(args[1], "grids", []), out.shape)
        if name == "scaled_dot_product_attention":
            return _product(x.grids, args[2].grids, out.shape)
        return x.grids if out.shape == x.shape else fresh(out.shape)

    def _judged(self, before: Grids, after: Grids) -> Grids:
        self.torn.append(is_torn(before, after))
        return fresh(after[0].shape) if self.torn[-1] else after


def _outputs(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    return [item for item in result if isinstance(item, Tensor)] if isinstance(result, (tuple, list)) else []


def fresh(shape: torch.Size) -> Grids:
    """One axis for each dimension."""
    return [_along(size, dim, shape) for dim, size in enumerate(shape)]


def _along(size: int, dim: int, shape: torch.Size) -> Tensor:
    return torch.arange(size).reshape([-1 if at == dim else 1 for at in range(len(shape))]).expand(shape)


def _renewed(grids: Grids, shape: torch.Size, dim: int) -> Grids:
    """The axes of all dimensions but one, in which there is a new one."""
    kept = [grid.narrow(dim, 0, 1).expand(shape) for grid in grids if not depends(grid, dim)]
    return [*kept, _along(shape[dim], dim, shape)]


def _product(left: Grids, right: Grids, shape: torch.Size) -> Grids:
    """The axes of the rows and of what goes through, and those of the columns."""
    rows = [grid[..., :1].expand(shape) for grid in left if not depends(grid, -1)]
    columns = [grid[..., :1, :].expand(shape) for grid in right if depends(grid, -1)]
    return [*rows, *columns]


def is_torn(before: Grids, after: Grids) -> bool:
    """Whether an axis no longer runs regularly along the dimensions, or is now shared out across others."""
    whole = {
        index for index, grid in enumerate(before) if sum(depends(grid, d) for d in range(grid.ndim)) == 1
    }
    return any(map(_irregular, after)) or not whole.isdisjoint(_straddling(after))


def depends(grid: Tensor, dim: int) -> bool:
    """Whether a coordinate changes along a dimension."""
    return grid.shape[dim] > 1 and bool((grid != grid.narrow(dim, 0, 1)).any())


def _irregular(grid: Tensor) -> bool:
    """An axis is regular when its coordinate is a sum of one function for each dimension."""
    total, corner = torch.zeros_like(grid), grid[(0,) * grid.ndim]
    for dim in range(grid.ndim):
        line = grid[tuple(slice(None) if at == dim else 0 for at in range(grid.ndim))] - corner
        total = total + line.reshape([-1 if at == dim else 1 for at in range(grid.ndim)])
    return not torch.equal(total + corner, grid)


def _straddling(grids: Grids) -> Iterator[int]:
    """The axes that end one dimension, behind another axis, and begin the next one, before a third."""
    held = [_held(grids, dim) for dim in range(grids[0].ndim)]
    for left, right in itertools.pairwise(held):
        if len(left) > 1 and len(right) > 1 and left[-1] == right[0]:
            yield right[0]


def _held(grids: Grids, dim: int) -> list[int]:
    """The axes that change along a dimension, the slowest first."""
    steps = {}
    for index, grid in enumerate(grids):
        if depends(grid, dim):
            line = grid.movedim(dim, 0).flatten(1)
            steps[index] = int((line != line[:1]).any(1).nonzero()[0])
    return sorted(steps, key=lambda index: -steps[index])
