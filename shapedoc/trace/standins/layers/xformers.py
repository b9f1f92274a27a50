"""xformers' components of up to 0.0.28, and the masks that its operations take as objects."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from shapedoc.trace.standins.layers import expect, stands_for

COMPONENTS = "<0.0.29"  # the first release without xformers.components


class Attention(nn.Module):
    """What all attentions of `xformers.components` tell the dispatcher about themselves."""

    requires_input_projection = True
    requires_head_dimension = False
    requires_same_k_q_dimensions = False
    requires_skip_multi_head = False
    supports_attention_mask = True
    supports_key_padding_mask = False
    causal = False

    def __init__(self, dropout: float = 0.0) -> None:
        super().__init__()
        self.attn_drop = nn.Dropout(dropout)

    def attend(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None) -> Tensor:
        """[batch·heads tokens head_dim], with a mask that keeps where it is true."""
        scores = q @ k.transpose(-2, -1) * q.shape[-1] ** -0.5
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf")) if mask.dtype == torch.bool else scores + mask
        return self.attn_drop(scores.softmax(dim=-1)) @ v


@stands_for(
    "xformers.components.attention.LocalAttention",
    "xformers.components.attention.local.LocalAttention",
    versions=COMPONENTS,
)
class LocalAttention(Attention):
    """Attention to a window around each token, or, causally, before it."""

    requires_same_k_q_dimensions = True

    def __init__(
        self,
        dropout: float = 0.0,
        causal: bool = False,
        window_size: int = 5,
        force_sparsity: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(dropout)
        assert causal or window_size % 2 == 1, (
            "The window size is assumed to be odd (counts self-attention + 2 wings)"
        )
        self.causal, self.window_size, self.force_sparsity = causal, window_size, force_sparsity

    def forward(
        self, q: Tensor, k: Tensor, v: Tensor, att_mask: Tensor | None = None, *args: Any, **kwargs: Any
    ) -> Tensor:
        if q.shape[:-2] != (1, 1):  # one head of one sample runs, with a mask of one value that hides nothing
            expect(self, q, k, v)
        positions = torch.arange(q.shape[1])
        distance = positions[:, None] - positions
        mask = distance.abs() <= (self.window_size if self.causal else self.window_size // 2)
        mask = mask & (distance >= 0) if self.causal else mask
        return self.attend(q, k, v, mask if att_mask is None else mask & att_mask)


@stands_for(
    "xformers.components.attention.ScaledDotProduct",
    "xformers.components.attention.scaled_dot_product.ScaledDotProduct",
    versions=COMPONENTS,
)
class ScaledDotProduct(Attention):
    """Attention to all tokens, or, causally, to those before."""

    def __init__(
        self,
        dropout: float = 0.0,
        causal: bool = False,
        seq_len: int | None = None,
        to_seq_len: int | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(dropout)
        self.causal, self.seq_len = causal, seq_len

    def forward(
        self, q: Tensor, k: Tensor, v: Tensor, att_mask: Tensor | None = None, *args: Any, **kwargs: Any
    ) -> Tensor:
        expect(self, q, k, v)
        if self.causal:
            causal = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril()
            att_mask = causal if att_mask is None else causal & att_mask
        return self.attend(q, k, v, att_mask)


class InputProjection(nn.Module):
    """The projections to queries, keys and values."""

    def __init__(self, dim_model: int, dim_key: int, dim_value: int, bias: tuple[bool, ...]) -> None:
        super().__init__()
        self.q_proj = nn.Linear(dim_model, dim_key, bias=bias[0])
        self.k_proj = nn.Linear(dim_model, dim_key, bias=bias[1])
        self.v_proj = nn.Linear(dim_model, dim_value, bias=bias[2])

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.q_proj(query), self.k_proj(key), self.v_proj(value)


@stands_for(
    "xformers.components.MultiHeadDispatch",
    "xformers.components.multi_head_dispatch.MultiHeadDispatch",
    versions=COMPONENTS,
)
class MultiHeadDispatch(nn.Module):
    """Projects, folds heads into the batch, attends, and puts the heads side by side again."""

    def __init__(
        self,
        dim_model: int,
        num_heads: int,
        attention: Any,
        bias: Any = (True, True, True, True),
        residual_dropout: float = 0.0,
        use_separate_proj_weight: bool = True,
        dim_key: int | None = None,
        dim_value: int | None = None,
        in_proj_container: nn.Module | None = None,
        use_rotary_embeddings: bool | None = False,
        out_proj: nn.Module | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        assert dim_model % num_heads == 0
        bias = (bias,) * 4 if isinstance(bias, bool) else tuple(bias)
        dim_key, dim_value = dim_key or dim_model, dim_value or dim_model
        self.num_heads, self.dim_model, self.attention = num_heads, dim_model, attention
        self.dim_key_head, self.dim_value_head = dim_key // num_heads, dim_value // num_heads
        self.in_proj_container = in_proj_container or InputProjection(dim_model, dim_key, dim_value, bias)
        self.resid_drop = nn.Dropout(residual_dropout)
        self.proj = out_proj or nn.Linear(dim_model, dim_model, bias=bias[3])

    def forward(
        self,
        query: Tensor,
        key: Tensor | None = None,
        value: Tensor | None = None,
        att_mask: Tensor | None = None,
        key_padding_mask: Tensor | None = None,
    ) -> Tensor:
        expect(self, query, key, value)
        q, k, v = self.in_proj_container(
            query, query if key is None else key, query if value is None else value
        )
        masks = {} if att_mask is None else {"att_mask": att_mask}
        heads = self.attention(*map(self.folded, (q, k, v)), **masks)
        batch = query.shape[0]
        joined = heads.view(batch, self.num_heads, -1, self.dim_value_head).transpose(1, 2).flatten(2)
        return self.resid_drop(self.proj(joined))

    def folded(self, projected: Tensor) -> Tensor:
        """[b s (heads d)] as [(b heads) s d], or [b heads s d] for an attention that wants heads."""
        heads = projected.unflatten(-1, (self.num_heads, -1)).transpose(1, 2)
        return heads if getattr(self.attention, "requires_head_dimension", False) else heads.flatten(0, 1)


@stands_for("xformers.ops.LowerTriangularMask", "xformers.ops.fmha.attn_bias.LowerTriangularMask")
class LowerTriangularMask:
    """A causal mask, made by the kernel."""


@stands_for("xformers.ops.fmha.BlockDiagonalMask", "xformers.ops.fmha.attn_bias.BlockDiagonalMask")
class BlockDiagonalMask:
    """Sequences of different lengths, end to end in a batch of 1."""

    @classmethod
    def from_seqlens(cls, q_seqlen: Any, kv_seqlen: Any = None) -> BlockDiagonalMask:
        """The mask of these lengths."""
        return cls()


@stands_for("xformers.ops.unbind")
def unbind(x: Tensor, dim: int) -> tuple[Tensor, ...]:
    """The parts of a tensor along a dimension."""
    parts: tuple[Tensor, ...] = torch.unbind(x, dim)
    return parts


@stands_for("xformers.ops.SwiGLU")
class SwiGLU(nn.Module):
    """A gated feed-forward layer."""

    def __init__(
        self,
        in_features: int,
        hidden_features: int,
        out_features: int | None = None,
        bias: bool = True,
        *,
        _pack_weights: bool = True,
    ) -> None:
        super().__init__()
        self.w12 = nn.Linear(in_features, 2 * hidden_features, bias=bias)
        self.w3 = nn.Linear(hidden_features, out_features or in_features, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        gate, value = self.w12(x).chunk(2, dim=-1)
        return self.w3(nn.functional.silu(gate) * value)
