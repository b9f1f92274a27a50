"""A text encoder on xformers' LocalAttention, in the dispatcher that makes and folds the heads."""

import torch
from torch import nn
from xformers.components import MultiHeadDispatch
from xformers.components.attention import LocalAttention


class Block(nn.Module):
    def __init__(self, dim=256, num_heads=8, window_size=65):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        attention = LocalAttention(dropout=0.0, causal=False, window_size=window_size)
        self.attention = MultiHeadDispatch(dim_model=dim, num_heads=num_heads, attention=attention)

    def forward(self, x):
        return x + self.attention(self.norm(x))


class Encoder(nn.Module):
    def __init__(self, vocabulary=1000, dim=256, depth=2):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, dim)
        self.blocks = nn.Sequential(*[Block(dim) for _ in range(depth)])

    def forward(self, ids):
        return self.blocks(self.embed(ids))


def example_inputs():
    return torch.randint(0, 1000, (2, 512))
