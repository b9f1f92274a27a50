"""A classifier of sentences: convolutions of several widths over words, the strongest of each."""

import torch
from torch import nn


class TextCNN(nn.Module):
    def __init__(self, vocab_size=4000, dim=100, filters=64, widths=(3, 4, 5), classes=2):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, dim)
        self.convs = nn.ModuleList(nn.Conv1d(dim, filters, width) for width in widths)
        self.fc = nn.Linear(filters * len(widths), classes)

    def forward(self, words):
        x = self.embed(words)
        x = x.transpose(1, 2)
        strongest = [torch.relu(conv(x)).amax(dim=2) for conv in self.convs]
        return self.fc(torch.cat(strongest, dim=1))


def example_inputs():
    return torch.randint(0, 4000, (20,))
