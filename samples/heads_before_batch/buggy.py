"""A text encoder with sinusoidal positions, its attention heads folded into the batch."""

import math

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, emb_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = emb_dim // num_heads
        self.q = nn.Linear(emb_dim, emb_dim)
        self.k = nn.Linear(emb_dim, emb_dim)
        self.v = nn.Linear(emb_dim, emb_dim)
        self.out = nn.Linear(emb_dim, emb_dim)

    def fold(self, x):
        batch, tokens, _ = x.size()
        x = x.view(batch, tokens, self.num_heads, self.head_dim).transpose(1, 2)
        return x.reshape(batch * self.num_heads, tokens, self.head_dim)

    def unfold(self, x, batch):
        x = x.view(self.num_heads, batch, x.size(1), self.head_dim)
        return x.permute(1, 2, 0, 3).reshape(batch, x.size(2), -1)

    def forward(self, x):
        q, k, v = self.fold(self.q(x)), self.fold(self.k(x)), self.fold(self.v(x))
        weights = torch.softmax(torch.bmm(q, k.transpose(1, 2)) / math.sqrt(self.head_dim), dim=-1)
        return self.out(self.unfold(torch.bmm(weights, v), x.size(0)))


class Encoder(nn.Module):
    def __init__(self, vocab_size=2000, emb_dim=96, num_heads=6, num_layers=2, max_length=256):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, emb_dim)
        self.register_buffer("positions", self.sinusoids(max_length, emb_dim), persistent=False)
        self.attention = nn.ModuleList(MultiHeadAttention(emb_dim, num_heads) for _ in range(num_layers))
        self.norms = nn.ModuleList(nn.LayerNorm(emb_dim) for _ in range(num_layers))

    @staticmethod
    def sinusoids(length, dim):
        rates = torch.exp(torch.arange(0, dim, 2) * (-math.log(10000.0) / dim))
        angles = torch.arange(length)[:, None] * rates
        return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)

    def forward(self, tokens):
        x = self.embed(tokens) + self.positions[: tokens.size(1)]
        for attention, norm in zip(self.attention, self.norms):
            x = norm(x + attention(x))
        return x


def example_inputs():
    return torch.randint(0, 2000, (4, 20))
