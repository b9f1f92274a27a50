"""Calls whose meta kernel is missing, or takes less than the CPU's (torch 2.13).

>>> import torch
>>> SUBSTITUTES["histc"](torch.histc, (torch.empty(8, device="meta"), 4), {}).shape
torch.Size([4])
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

Args = tuple[Any, ...]
Kwargs = dict[str, Any]


def grouped_product(func: Callable[..., Any], args: Args, kwargs: Kwargs) -> torch.Tensor:
    """The meta kernel takes bfloat16 alone."""
    narrow = [
        arg.to(torch.bfloat16) if isinstance(arg, torch.Tensor) and arg.is_floating_point() else arg
        for arg in args
    ]
    result: torch.Tensor = func(*narrow, **kwargs)
    return result.to(args[0].dtype)


def histogram(func: Callable[..., Any], args: Args, kwargs: Kwargs) -> torch.Tensor:
    """As many numbers as bins, whatever the values are."""
    bins = kwargs.get("bins", args[1] if len(args) > 1 else 100)
    return torch.empty(bins, dtype=args[0].dtype, device="meta")


SUBSTITUTES: dict[str, Callable[[Callable[..., Any], Args, Kwargs], Any]] = {
    "_grouped_mm": grouped_product,
    "grouped_mm": grouped_product,
    "histc": histogram,
}
