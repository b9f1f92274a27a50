"""A text encoder on xformers' LocalAttention, given the heads as a dimension of their own."""

import torch
from torch import nn
from xformers.components.attention import LocalAttention


class Block(nn.Module):
    def __init__(self, dim=256, num_heads=8, window_size=65):
        super().__init__()
        self.num_heads = num_heads
        self.norm = nn.LayerNorm(dim)
        self.qkv = nn.Linear(dim, 3 * dim)
        self.attention = LocalAttention(dropout=0.0, causal=False, window_size=window_size)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        batch, tokens, dim = x.shape
        qkv = self.qkv(self.norm(x)).view(batch, tokens, 3, self.num_heads, dim // self.num_heads)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        out = self.attention(q, k, v)
        return x + self.proj(out.view(batch, self.num_heads, tokens, -1).transpose(1, 2).flatten(2))


class Encoder(nn.Module):
    def __init__(self, vocabulary=1000, dim=256, depth=2):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, dim)
        self.blocks = nn.Sequential(*[Block(dim) for _ in range(depth)])

    def forward(self, ids):
        return self.blocks(self.embed(ids))


def example_inputs():
    return torch.randint(0, 1000, (2, 512))
