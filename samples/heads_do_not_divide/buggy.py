"""A tagger of words: convolutions, then a transformer."""

import torch
from torch import nn


class Tagger(nn.Module):
    def __init__(self, vocab_size=5000, dim=200, num_layers=2, tags=17):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, dim)
        self.conv = nn.Conv1d(dim, dim, 3, padding=1)
        layer = nn.TransformerEncoderLayer(dim, 12, 2 * dim, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers)
        self.tags = nn.Linear(dim, tags)

    def forward(self, words):
        x = self.embed(words)
        x = x + self.conv(x.transpose(1, 2)).transpose(1, 2)
        return self.tags(self.encoder(x))


def example_inputs():
    return torch.randint(0, 5000, (2, 30))
