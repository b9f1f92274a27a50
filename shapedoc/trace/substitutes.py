"""Calls whose meta kernel is missing or slow, or takes or gives something else than the CPU's (torch 2.13).

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


def attention(func: Callable[..., Any], args: Args, kwargs: Kwargs) -> torch.Tensor:
    """The fused kernels keep the order in memory that the queries have, so that heads merge by a view."""
    result: torch.Tensor = func(*args, **kwargs)
    return torch.empty_like(args[0] if args else kwargs["query"]) if is_fused(args, kwargs) else result


def is_fused(args: Args, kwargs: Kwargs) -> bool:
    """Whether the CPU has a fused kernel for an allowed call (aten/src/ATen/native/transformers)."""
    given = dict(zip(("query", "key", "value", "attn_mask", "dropout_p"), args, strict=False)) | kwargs
    tensors = [given[name] for name in ("query", "key", "value") if given.get(name) is not None]
    if len(tensors) < 3 or any(tensor.dim() != 4 or tensor.stride(-1) != 1 for tensor in tensors):
        return False
    query, key, value = (tensor.shape for tensor in tensors)
    shared = 1 if given.get("enable_gqa") else 2
    alike = query[:shared] == key[:shared] and key[:2] == value[:2] and query[-1] == value[-1]
    mask = given.get("attn_mask")
    return alike and not given.get("dropout_p") and (mask is None or mask.dim() in (2, 4))


def recurrent(func: Callable[..., Any], args: Args, kwargs: Kwargs) -> Any:
    """The meta kernel takes some milliseconds for each step, of which the first tells what all are like."""
    if len(args) != 9 or not isinstance(args[3], bool):  # has_biases; packed sequences have weights there
        return func(*args, **kwargs)
    x, *rest, batch_first = args
    time = int(batch_first)
    if x.dim() != 3 or x.shape[time] < 2:
        return func(*args, **kwargs)
    output, *states = func(x.narrow(time, 0, 1), *rest, batch_first, **kwargs)
    steps = output.transpose(0, time).expand(x.shape[time], -1, -1)
    return torch.empty_like(steps, memory_format=torch.contiguous_format).transpose(0, time), *states


SUBSTITUTES: dict[str, Callable[[Callable[..., Any], Args, Kwargs], Any]] = {
    "_grouped_mm": grouped_product,
    "grouped_mm": grouped_product,
    "histc": histogram,
    "scaled_dot_product_attention": attention,
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), recurrent),
}
