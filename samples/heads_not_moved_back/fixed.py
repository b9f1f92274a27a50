"""A transformer encoder from scratch, with a classifier on the mean of its tokens."""

import torch
from torch import nn


class MultiHeadAttention(nn.Module):
    def __init__(self, hidden_dim, num_heads):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = hidden_dim // num_heads
        self.qkv_proj = nn.Linear(hidden_dim, 3 * hidden_dim, bias=False)
        self.o_proj = nn.Linear(hidden_dim, hidden_dim, bias=False)

    def forward(self, x, mask):
        batch, tokens, hidden_dim = x.shape
        qkv = self.qkv_proj(x).reshape(batch, tokens, self.num_heads, 3 * self.head_dim)
        q, k, v = qkv.transpose(1, 2).chunk(3, dim=-1)
        scores = torch.matmul(q, k.transpose(-2, -1)) / self.head_dim**0.5
        scores = scores.masked_fill(~mask[:, None, None, :], float("-inf"))
        values = torch.matmul(scores.softmax(dim=-1), v)
        return self.o_proj(values.transpose(1, 2).reshape(batch, tokens, hidden_dim))


class EncoderBlock(nn.Module):
    def __init__(self, hidden_dim, ff_dim, num_heads):
        super().__init__()
        self.attention = MultiHeadAttention(hidden_dim, num_heads)
        self.norm1 = nn.LayerNorm(hidden_dim)
        self.feed_forward = nn.Sequential(nn.Linear(hidden_dim, ff_dim), nn.ReLU(), nn.Linear(ff_dim, hidden_dim))
        self.norm2 = nn.LayerNorm(hidden_dim)

    def forward(self, x, mask):
        x = self.norm1(x + self.attention(x, mask))
        return self.norm2(x + self.feed_forward(x))


class Classifier(nn.Module):
    def __init__(self, vocab_size=1000, hidden_dim=64, ff_dim=256, num_heads=4, num_layers=3, num_classes=5):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, hidden_dim)
        self.positions = nn.Parameter(torch.zeros(512, hidden_dim))
        self.blocks = nn.ModuleList(EncoderBlock(hidden_dim, ff_dim, num_heads) for _ in range(num_layers))
        self.head = nn.Linear(hidden_dim, num_classes)

    def forward(self, input_ids):
        mask = input_ids != 0
        x = self.embed(input_ids) + self.positions[: input_ids.shape[1]]
        for block in self.blocks:
            x = block(x, mask)
        return self.head(x.mean(dim=1))


def example_inputs():
    return torch.randint(1, 1000, (2, 10))
