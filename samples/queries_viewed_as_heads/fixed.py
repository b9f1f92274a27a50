"""A forecaster with sparse attention: only the queries whose scores stand out look at all keys."""

import math

import torch
from torch import nn


class ProbAttention(nn.Module):
    def __init__(self, factor=3):
        super().__init__()
        self.factor = factor

    def chosen(self, scores, count):
        """The queries whose scores are furthest from uniform."""
        spread = scores.max(dim=-1).values - scores.mean(dim=-1)
        return spread.topk(count, sorted=False).indices

    def forward(self, queries, keys, values):
        B, L, H, D = queries.shape
        S = keys.shape[1]
        queries = queries.transpose(1, 2)
        keys = keys.transpose(1, 2)
        values = values.transpose(1, 2)
        scores = torch.matmul(queries, keys.transpose(-2, -1)) / math.sqrt(D)
        index = self.chosen(scores, min(L, self.factor * math.ceil(math.log(L + 1))))
        rows = scores.gather(2, index.unsqueeze(-1).expand(-1, -1, -1, S)).softmax(dim=-1)
        context = values.mean(dim=2, keepdim=True).expand(-1, -1, L, -1).clone()
        return context.scatter(2, index.unsqueeze(-1).expand(-1, -1, -1, D), torch.matmul(rows, values))


class AttentionLayer(nn.Module):
    def __init__(self, d_model, n_heads):
        super().__init__()
        self.n_heads = n_heads
        self.inner_attention = ProbAttention()
        self.query_projection = nn.Linear(d_model, d_model)
        self.key_projection = nn.Linear(d_model, d_model)
        self.value_projection = nn.Linear(d_model, d_model)
        self.out_projection = nn.Linear(d_model, d_model)

    def forward(self, x):
        B, L, _ = x.shape
        queries = self.query_projection(x).view(B, L, self.n_heads, -1)
        keys = self.key_projection(x).view(B, L, self.n_heads, -1)
        values = self.value_projection(x).view(B, L, self.n_heads, -1)
        out = self.inner_attention(queries, keys, values)
        return self.out_projection(out.transpose(1, 2).reshape(B, L, -1))


class Forecaster(nn.Module):
    def __init__(self, channels=7, d_model=64, n_heads=8, layers=2, horizon=24):
        super().__init__()
        self.horizon = horizon
        self.value_embedding = nn.Conv1d(channels, d_model, 3, padding=1, padding_mode="circular")
        self.attention = nn.ModuleList(AttentionLayer(d_model, n_heads) for _ in range(layers))
        self.norms = nn.ModuleList(nn.LayerNorm(d_model) for _ in range(layers))
        self.head = nn.Linear(d_model, channels)

    def forward(self, series):
        x = self.value_embedding(series.transpose(1, 2)).transpose(1, 2)
        for attention, norm in zip(self.attention, self.norms):
            x = norm(x + attention(x))
        return self.head(x[:, -self.horizon :])


def example_inputs():
    return torch.randn(4, 50, 7)
