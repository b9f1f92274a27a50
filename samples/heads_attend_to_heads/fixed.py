"""A text encoder whose attention is written out."""

import torch
from torch import nn


class SelfAttention(nn.Module):
    def __init__(self, dim, num_heads):
        super().__init__()
        self.num_heads, self.head_dim = num_heads, dim // num_heads
        self.query, self.key, self.value = (nn.Linear(dim, dim) for _ in range(3))
        self.out = nn.Linear(dim, dim)

    def forward(self, x):
        batch, tokens, dim = x.shape
        q, k, v = (
            layer(x).view(batch, tokens, self.num_heads, self.head_dim)
            for layer in (self.query, self.key, self.value)
        )
        scores = q.transpose(1, 2) @ k.transpose(1, 2).transpose(-2, -1) * self.head_dim**-0.5
        weights = torch.softmax(scores, dim=-1)
        context = (weights @ v.transpose(1, 2)).transpose(1, 2)
        return self.out(context.reshape(batch, tokens, dim))


class Encoder(nn.Module):
    def __init__(self, vocabulary=1000, dim=96, num_heads=6, depth=2):
        super().__init__()
        self.embed = nn.Embedding(vocabulary, dim)
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(depth))
        self.layers = nn.ModuleList(SelfAttention(dim, num_heads) for _ in range(depth))

    def forward(self, input_ids):
        x = self.embed(input_ids)
        for norm, layer in zip(self.norms, self.layers, strict=True):
            x = x + layer(norm(x))
        return x


def example_inputs():
    return torch.randint(0, 1000, (2, 32))
