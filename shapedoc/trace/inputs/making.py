"""How tensors are made, from a shape, a dtype and a range of values.

>>> ordinary((2, 3), torch.int64, 5, 9).amin() >= 5
tensor(True)
"""

from __future__ import annotations

from collections.abc import Callable

import torch

from shapedoc.core.errors import UserError

Make = Callable[[tuple[int, ...], torch.dtype, float | None, float | None], torch.Tensor]


class InputError(UserError):
    """The inputs cannot be made or do not fit `forward`; the message says what to write."""


def ordinary(
    shape: tuple[int, ...], dtype: torch.dtype, low: float | None, high: float | None
) -> torch.Tensor:
    """A tensor on the CPU with values that differ and that are the same in every run."""
    chance = torch.Generator().manual_seed(0)
    if dtype is torch.bool:
        return torch.ones(shape, dtype=torch.bool)
    if dtype.is_floating_point or dtype.is_complex:
        start, end = -1 if low is None else low, 1 if high is None else high
        return torch.empty(shape).uniform_(start, end, generator=chance).to(dtype)
    first = int(low or 0)
    last = first + 2 if high is None else int(high)
    return torch.randint(first, max(last, first + 1), shape, generator=chance).to(dtype)


def torch_dtype(name: str) -> torch.dtype:
    """`"bfloat16"` as torch knows it."""
    dtype = getattr(torch, name, None)
    if not isinstance(dtype, torch.dtype):
        raise InputError(f"{name!r} is no torch dtype; write float32, bfloat16, int64, bool, …")
    return dtype
