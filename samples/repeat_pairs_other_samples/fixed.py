"""A speech language model that scores several answers to each spoken question."""

import torch
from torch import nn


class SpeechEncoder(nn.Module):
    def __init__(self, mels, dim):
        super().__init__()
        self.conv1 = nn.Conv1d(mels, dim, 3, stride=2, padding=1)
        self.conv2 = nn.Conv1d(dim, dim, 3, stride=2, padding=1)

    def forward(self, speech):
        x = torch.relu(self.conv1(speech.transpose(1, 2)))
        return torch.relu(self.conv2(x)).transpose(1, 2)


class AnswerScorer(nn.Module):
    def __init__(self, mels=80, vocab_size=500, dim=96, num_heads=4, num_layers=2):
        super().__init__()
        self.encoder = SpeechEncoder(mels, dim)
        self.embed = nn.Embedding(vocab_size, dim)
        layer = nn.TransformerEncoderLayer(dim, num_heads, 2 * dim, batch_first=True)
        self.transformer = nn.TransformerEncoder(layer, num_layers)
        self.score = nn.Linear(dim, 1)

    def forward(self, speech, answers):
        batch, count, tokens = answers.shape
        question = self.encoder(speech)
        question = question.repeat_interleave(count, dim=0)
        answer = self.embed(answers.reshape(batch * count, tokens))
        x = self.transformer(torch.cat([question, answer], dim=1))
        return self.score(x[:, -1]).view(batch, count)


def example_inputs():
    return torch.randn(2, 60, 80), torch.randint(0, 500, (2, 4, 10))
