"""A language model of linear attention layers, each head normalised on its own."""

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import nn


class HeadNorm(nn.Module):
    def __init__(self, head_dim, eps=1e-5):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(head_dim))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight


class LinearAttention(nn.Module):
    def __init__(self, hidden_size=256, num_heads=4):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = hidden_size // num_heads
        self.q_proj = nn.Linear(hidden_size, hidden_size, bias=False)
        self.k_proj = nn.Linear(hidden_size, hidden_size, bias=False)
        self.v_proj = nn.Linear(hidden_size, hidden_size, bias=False)
        self.norm = HeadNorm(self.head_dim)
        self.o_proj = nn.Linear(hidden_size, hidden_size, bias=False)

    def forward(self, hidden_states):
        q = rearrange(self.q_proj(hidden_states), "b n (h d) -> b n h d", h=self.num_heads)
        k = rearrange(self.k_proj(hidden_states), "b n (h d) -> b n h d", h=self.num_heads)
        v = rearrange(self.v_proj(hidden_states), "b n (h d) -> b n h d", h=self.num_heads)
        q, k = F.elu(q) + 1, F.elu(k) + 1
        scores = torch.einsum("bnhd,bmhd->bhnm", q, k).tril()
        o = torch.einsum("bhnm,bmhd->bnhd", scores, v)
        o = rearrange(self.norm(o), "... h d -> ... (h d)")
        return self.o_proj(o)


class Net(nn.Module):
    def __init__(self, hidden_size=256, num_heads=4, num_layers=4):
        super().__init__()
        self.embed = nn.Embedding(1000, hidden_size)
        self.layers = nn.ModuleList(LinearAttention(hidden_size, num_heads) for _ in range(num_layers))
        self.head = nn.Linear(hidden_size, 1000)

    def forward(self, input_ids):
        hidden_states = self.embed(input_ids)
        for layer in self.layers:
            hidden_states = hidden_states + layer(hidden_states)
        return self.head(hidden_states)


def example_inputs():
    return torch.randint(0, 1000, (2, 64))
