"""Linear attention whose heads go into the output projection unmerged."""

import torch
from einops import rearrange
from torch import nn


class LinearAttention(nn.Module):
    def __init__(self, hidden_size=256, num_heads=4):
        super().__init__()
        self.num_heads = num_heads
        self.q_proj = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k_proj = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v_proj = nn.Linear(hidden_size, hidden_size, bias=False)
        self.norm = nn.LayerNorm(hidden_size // num_heads)
        self.o_proj = nn.Linear(hidden_size, hidden_size, bias=False)

    def heads(self, x):
        return rearrange(x, "b n (h d) -> b n h d", h=self.num_heads)

    def forward(self, x):
        q = self.heads(self.q_proj(x)).softmax(-1)
        k = self.heads(self.k_proj(x)).softmax(1)
        v = self.heads(self.v_proj(x))
        state = torch.einsum("bnhd,bnhe->bhde", k, v)
        o = torch.einsum("bnhd,bhde->bnhe", q, state)
        o = self.norm(o)
        return self.o_proj(o)
