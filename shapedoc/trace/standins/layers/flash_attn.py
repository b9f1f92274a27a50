"""flash-attention's helpers: padding taken off and put back, rotary positions."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from shapedoc.trace.standins.layers import stands_for


@stands_for("flash_attn.bert_padding.unpad_input")
def unpad_input(
    hidden_states: Tensor, attention_mask: Tensor, unused_mask: Tensor | None = None
) -> tuple[Any, ...]:
    """The tokens that a mask keeps, end to end; their places; where each sequence begins; the longest."""
    lengths = attention_mask.sum(dim=-1, dtype=torch.int32)
    indices = attention_mask.flatten().nonzero().flatten()
    ends = F.pad(lengths.cumsum(0, dtype=torch.int32), (1, 0))
    return index_first_axis(hidden_states.flatten(0, 1), indices), indices, ends, int(lengths.max()), lengths


@stands_for("flash_attn.bert_padding.index_first_axis")
def index_first_axis(input: Tensor, indices: Tensor) -> Tensor:
    """Rows by their numbers."""
    return input[indices]


@stands_for("flash_attn.bert_padding.pad_input")
def pad_input(hidden_states: Tensor, indices: Tensor, batch: int, seqlen: int) -> Tensor:
    """The tokens at their places again, zeros between them."""
    padded = hidden_states.new_zeros(batch * seqlen, *hidden_states.shape[1:])
    return padded.index_copy(0, indices, hidden_states).unflatten(0, (batch, seqlen))


@stands_for("flash_attn.layers.rotary.RotaryEmbedding")
class RotaryEmbedding(nn.Module):
    """Rotates queries and keys, packed or apart, by their positions."""

    def __init__(self, dim: int, base: float = 10000.0, interleaved: bool = False, **options: Any) -> None:
        super().__init__()
        self.dim, self.base, self.interleaved = dim, base, interleaved
        self.register_buffer("inv_freq", 1.0 / base ** (torch.arange(0, dim, 2) / dim), persistent=False)

    def forward(
        self, qkv: Tensor, kv: Tensor | None = None, seqlen_offset: int = 0, max_seqlen: int | None = None
    ) -> Any:
        angles = torch.outer(torch.arange(qkv.shape[1] + seqlen_offset), self.inv_freq)
        cos, sin = angles.cos(), angles.sin()
        rotate = import_module("flash_attn.layers.rotary").apply_rotary_emb
        if kv is not None:
            return rotate(qkv, cos, sin, self.interleaved), torch.stack(
                [rotate(kv[:, :, 0], cos, sin), kv[:, :, 1]], dim=2
            )
        q, k, v = qkv.unbind(dim=2)
        return torch.stack(
            [rotate(q, cos, sin, self.interleaved), rotate(k, cos, sin, self.interleaved), v], dim=2
        )


@stands_for("flash_attn.ops.rms_norm.RMSNorm", "flash_attn.ops.triton.layer_norm.RMSNorm")
class RMSNorm(nn.Module):
    """Root mean square norm."""

    def __init__(self, hidden_size: int, eps: float = 1e-5, **options: Any) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(hidden_size))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight, self.eps)
