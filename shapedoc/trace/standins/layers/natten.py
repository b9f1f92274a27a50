"""NATTEN's modules: a linear layer to queries, keys and values, attention in windows, a linear layer out."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from shapedoc.trace.standins.layers import expect, stands_for

Size = int | tuple[int, ...]


def sizes(value: Any, count: int) -> tuple[Any, ...]:
    """One value for every direction.

    >>> sizes(7, 2), sizes((7, 5), 2)
    ((7, 7), (7, 5))
    """
    return (value,) * count if isinstance(value, (int, type(None))) else tuple(value)


class Neighborhood(nn.Module):
    """What the modules of all versions have; `ndim` is the number of directions."""

    ndim = 2
    kernel_size: Any  # one for every direction, up to 0.15 one for all
    dilation: Any

    def __init__(
        self, dim: int, num_heads: int, kernel_size: Size, dilation: Size | None, options: dict[str, Any]
    ) -> None:
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = dim // num_heads
        self.scale = options["qk_scale"] or self.head_dim**-0.5
        self.kernel_size, self.dilation = sizes(kernel_size, self.ndim), sizes(dilation or 1, self.ndim)
        self.qkv = nn.Linear(dim, dim * 3, bias=options["qkv_bias"])
        self.proj = nn.Linear(dim, dim)
        self.proj_drop = nn.Dropout(options["proj_drop"])

    def heads_last(self, x: Tensor) -> Tensor:
        """Queries, keys and values, [3 b … heads head_dim]."""
        qkv = self.qkv(x).reshape(*x.shape[:-1], 3, self.num_heads, self.head_dim)
        return qkv.permute(self.ndim + 1, *range(self.ndim + 1), self.ndim + 2, self.ndim + 3)

    def heads_first(self, x: Tensor) -> Tensor:
        """Queries, keys and values, [3 b heads … head_dim]."""
        qkv = self.qkv(x).reshape(*x.shape[:-1], 3, self.num_heads, self.head_dim)
        return qkv.permute(self.ndim + 1, 0, self.ndim + 2, *range(1, self.ndim + 1), self.ndim + 3)

    def operation(self, suffix: str = "") -> Any:
        """A function of `natten.functional` for as many directions."""
        return getattr(import_module("natten.functional"), f"na{self.ndim}d{suffix}")


class Strided(Neighborhood):
    """NATTEN 0.20 and later: `embed_dim`, strides, no bias."""

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        kernel_size: Size,
        stride: Size = 1,
        dilation: Size = 1,
        is_causal: Any = False,
        qkv_bias: bool = True,
        qk_scale: float | None = None,
        proj_drop: float = 0.0,
    ) -> None:
        if embed_dim % num_heads:
            raise ValueError(
                "Number of attention heads must evenly divide embedding dimension, "
                f"got embed_dim={embed_dim}, num_heads={num_heads}."
            )
        options = {"qkv_bias": qkv_bias, "qk_scale": qk_scale, "proj_drop": proj_drop}
        super().__init__(embed_dim, num_heads, kernel_size, dilation, options)
        self.embed_dim = embed_dim
        self.stride, self.is_causal = sizes(stride, self.ndim), sizes(is_causal, self.ndim)

    def forward(self, x: Tensor) -> Tensor:
        expect(self, x)
        window = {"kernel_size": self.kernel_size, "stride": self.stride, "dilation": self.dilation}
        out = self.operation()(*self.heads_last(x), **window, is_causal=self.is_causal, scale=self.scale)
        return self.proj_drop(self.proj(out.flatten(-2)))


class Fused(Neighborhood):
    """NATTEN 0.17: unfused unless asked otherwise, which is how it runs on a CPU; a bias on request."""

    def __init__(
        self,
        dim: int,
        num_heads: int,
        kernel_size: Size,
        dilation: Size = 1,
        is_causal: Any = False,
        rel_pos_bias: bool = False,
        qkv_bias: bool = True,
        qk_scale: float | None = None,
        attn_drop: float = 0.0,
        proj_drop: float = 0.0,
        use_experimental_ops: bool = False,
    ) -> None:
        options = {"qkv_bias": qkv_bias, "qk_scale": qk_scale, "proj_drop": proj_drop}
        super().__init__(dim, num_heads, kernel_size, dilation, options)
        self.is_causal = sizes(is_causal, self.ndim)
        self.attn_drop_rate = attn_drop
        self.attn_drop = nn.Dropout(attn_drop)
        self.rpb = _bias(num_heads, self.kernel_size) if rel_pos_bias else None

    def forward(self, x: Tensor) -> Tensor:
        expect(self, x)
        q, k, v = self.heads_first(x)
        window = {"kernel_size": self.kernel_size, "dilation": self.dilation, "is_causal": self.is_causal}
        attn = self.operation("_qk")(q * self.scale, k, **window, rpb=self.rpb)
        out = self.operation("_av")(self.attn_drop(attn.softmax(dim=-1)), v, **window)
        return self.proj_drop(self.proj(out.movedim(1, -2).flatten(-2)))


class Padded(Neighborhood):
    """NATTEN up to 0.15: one size for all directions, a bias, and padding where the map is too small."""

    def __init__(
        self,
        dim: int,
        num_heads: int,
        kernel_size: int,
        dilation: int | None = 1,
        bias: bool = True,
        qkv_bias: bool = True,
        qk_scale: float | None = None,
        attn_drop: float = 0.0,
        proj_drop: float = 0.0,
    ) -> None:
        options = {"qkv_bias": qkv_bias, "qk_scale": qk_scale, "proj_drop": proj_drop}
        super().__init__(dim, num_heads, kernel_size, dilation, options)
        assert kernel_size > 1 and kernel_size % 2 == 1, (
            f"Kernel size must be an odd number greater than 1, got {kernel_size}."
        )
        self.window = kernel_size, dilation or 1
        self.kernel_size, self.dilation = self.window
        self.window_size = math.prod(self.window)
        self.attn_drop = nn.Dropout(attn_drop)
        self.rpb = _bias(num_heads, (kernel_size,) * self.ndim) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        expect(self, x)
        positions = x.shape[1:-1]
        missing = [max(0, self.window_size - size) for size in positions]
        x = F.pad(x, (0, 0, *(pad for size in reversed(missing) for pad in (0, size)))) if any(missing) else x
        q, k, v = self.heads_first(x)
        functional = import_module("natten.functional")
        attn = getattr(functional, f"natten{self.ndim}dqkrpb")(q * self.scale, k, self.rpb, *self.window)
        gather = getattr(functional, f"natten{self.ndim}dav")
        out = gather(self.attn_drop(attn.softmax(dim=-1)), v, *self.window)
        out = out.movedim(1, -2).flatten(-2)
        inside = (slice(None), *map(slice, positions))
        return self.proj_drop(self.proj(out[inside] if any(missing) else out))


def _bias(num_heads: int, kernel_size: tuple[int, ...]) -> nn.Parameter:
    return nn.Parameter(torch.zeros(num_heads, *(2 * size - 1 for size in kernel_size)))


for kind, versions in ((Strided, ">=0.20"), (Fused, ">=0.17,<0.20"), (Padded, "<0.17")):
    for ndim in (1, 2, 3):
        name = f"NeighborhoodAttention{ndim}D"
        made = type(name, (kind,), {"ndim": ndim, "__doc__": kind.__doc__, "__module__": __name__})
        names = (
            f"natten.{name}",
            f"natten.natten{ndim}d.{name}",
            f"natten.na{ndim}d.{name}",
            f"natten.modules.{name}",
        )
        stands_for(*names, versions=versions)(made)
