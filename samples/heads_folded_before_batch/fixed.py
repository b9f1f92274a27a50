"""A reader for questions: blocks of convolution, self-attention and a feed-forward layer."""

import torch
from torch import nn
from torch.nn import functional as F


class SelfAttention(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.d_k = d_model // n_heads
        self.w_qs = nn.Linear(d_model, d_model, bias=False)
        self.w_ks = nn.Linear(d_model, d_model, bias=False)
        self.w_vs = nn.Linear(d_model, d_model, bias=False)
        self.fc = nn.Linear(d_model, d_model)

    def folded(self, x):
        """Heads first, then merged with the batch."""
        b, l, _ = x.shape
        x = x.view(b, l, self.n_heads, self.d_k).permute(2, 0, 1, 3)
        return x.reshape(self.n_heads * b, l, self.d_k)

    def forward(self, x):
        b, l, _ = x.shape
        q, k, v = self.folded(self.w_qs(x)), self.folded(self.w_ks(x)), self.folded(self.w_vs(x))
        weights = F.softmax(torch.bmm(q, k.transpose(1, 2)) / self.d_k**0.5, dim=2)
        output = torch.bmm(weights, v).view(self.n_heads, b, l, self.d_k)
        return self.fc(output.permute(1, 2, 0, 3).reshape(b, l, -1))


class EncoderBlock(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.conv = nn.Conv1d(d_model, d_model, 7, padding=3, groups=d_model)
        self.norm1 = nn.LayerNorm(d_model)
        self.attention = SelfAttention(d_model, n_heads)
        self.norm2 = nn.LayerNorm(d_model)
        self.fc = nn.Linear(d_model, d_model)

    def forward(self, x):
        x = x + self.conv(x.transpose(1, 2)).transpose(1, 2)
        x = x + self.attention(self.norm1(x))
        return x + F.relu(self.fc(self.norm2(x)))


class Reader(nn.Module):
    def __init__(self, vocab_size=5000, d_model=128, n_heads=8, blocks=2):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        self.blocks = nn.Sequential(*[EncoderBlock(d_model, n_heads) for _ in range(blocks)])
        self.span = nn.Linear(d_model, 2)

    def forward(self, words):
        return self.span(self.blocks(self.embedding(words)))


def example_inputs():
    return torch.randint(0, 5000, (4, 40))
