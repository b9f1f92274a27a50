"""A sentence classifier: a bidirectional GRU, and attention over its words."""

import torch
from torch import nn
from torch.nn import functional as F


class WordAttention(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.project = nn.Linear(hidden, hidden)
        self.context = nn.Linear(hidden, 1, bias=False)

    def forward(self, words, mask):
        scores = self.context(torch.tanh(self.project(words))).squeeze(-1)
        scores = scores.masked_fill(~mask, -1e9)
        weights = F.softmax(scores, dim=0)
        return torch.bmm(weights.unsqueeze(1), words).squeeze(1)


class SentenceClassifier(nn.Module):
    def __init__(self, vocab_size=3000, embedding=64, hidden=48, num_classes=4):
        super().__init__()
        self.embed = nn.Embedding(vocab_size, embedding, padding_idx=0)
        self.gru = nn.GRU(embedding, hidden, batch_first=True, bidirectional=True)
        self.attention = WordAttention(2 * hidden)
        self.fc = nn.Linear(2 * hidden, num_classes)

    def forward(self, ids):
        words, _ = self.gru(self.embed(ids))
        return self.fc(self.attention(words, ids != 0))


def example_inputs():
    return torch.randint(1, 3000, (8, 25))
