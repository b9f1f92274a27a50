"""Results that the arguments alone tell, where torch's meta kernels work through the arithmetic in Python.

A normalisation takes a millisecond there, a sum a tenth of one (torch 2.13), and a small model is hardly
more than one call of each kind. Told is what is the rule in models: tensors of one floating dtype, most of
them contiguous. Of all else nothing is said and torch is asked; that a call is allowed its contract has said.

>>> x, weight = torch.empty(2, 3, 8, device="meta"), torch.empty(4, 8, device="meta")
>>> with torch.no_grad():
...     EVIDENT["linear"]((x, weight), {}).shape, EVIDENT["linear"]((x.half(), weight), {})
(torch.Size([2, 3, 4]), None)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor

from shapedoc.trace.substitutes import is_fused

Args = tuple[Any, ...]
Kwargs = Mapping[str, Any]
Evident = Callable[[Args, Kwargs], Tensor | None]


def normalised(args: Args, kwargs: Kwargs) -> Tensor | None:
    """What is normalised keeps its shape, and becomes contiguous."""
    return _like(args[0], args[0].shape) if _are_plain(args, kwargs) else None


def normalised_in_order(args: Args, kwargs: Kwargs) -> Tensor | None:
    """What has its dimensions in another order may keep that."""
    return normalised(args, kwargs) if _are_plain(args, kwargs) and args[0].is_contiguous() else None


def normalised_by_statistics(args: Args, kwargs: Kwargs) -> Tensor | None:
    """If they are there; only training can do without."""
    known = len(args) > 2 and args[1] is not None and args[2] is not None
    return normalised_in_order(args, kwargs) if known else None


def entrywise(args: Args, kwargs: Kwargs) -> Tensor | None:
    """Entry by entry, of tensors that are alike and of numbers; not in place, and not into another tensor."""
    given = (*args, *kwargs.values())
    tensors = [arg for arg in given if isinstance(arg, Tensor)]
    others = [arg for arg in given if arg is True or not isinstance(arg, Tensor | int | float | str | None)]
    alike = all(arg.shape == tensors[0].shape and arg.is_contiguous() for arg in tensors)
    plain = alike and not others and "out" not in kwargs and _are_plain(args, kwargs)
    return _like(args[0], args[0].shape) if plain else None


def projected(args: Args, kwargs: Kwargs) -> Tensor | None:
    """Features of the weight for each row of the input."""
    x, weight = args[:2] if len(args) > 1 else (None, None)
    plain = _are_plain(args, kwargs) and isinstance(weight, Tensor) and weight.dim() == 2
    return _like(x, (*x.shape[:-1], weight.shape[0])) if plain and x.dim() and x.is_contiguous() else None


def attended(args: Args, kwargs: Kwargs) -> Tensor | None:
    """What a fused kernel gives is as the queries are."""
    plain = len(args) == 3 and kwargs.get("attn_mask") is None and _are_plain(args, kwargs)
    return torch.empty_like(args[0]) if plain and is_fused(args, dict(kwargs)) else None


def _are_plain(args: Args, kwargs: Kwargs) -> bool:
    """Whether the first is a tensor, all are of one floating dtype, and no gradient is asked for."""
    dtypes = {arg.dtype for arg in (*args, *kwargs.values()) if isinstance(arg, Tensor)}
    plain = len(dtypes) == 1 and dtypes.pop().is_floating_point
    return plain and bool(args) and isinstance(args[0], Tensor) and not torch.is_grad_enabled()


def _like(tensor: Tensor, shape: tuple[int, ...]) -> Tensor:
    return torch.empty(shape, dtype=tensor.dtype, device="meta")


EVIDENT: dict[str, Evident] = {
    **dict.fromkeys(("layer_norm", "group_norm"), normalised),
    **dict.fromkeys("add sub mul div neg relu silu gelu sigmoid tanh".split(), entrywise),
    "rms_norm": normalised_in_order,
    "batch_norm": normalised_by_statistics,
    "linear": projected,
    "scaled_dot_product_attention": attended,
}
