"""An image captioner: a decoder attends to the regions of the backbone's feature map at every word."""

import torch
from torch import nn


class Encoder(nn.Module):
    """A small backbone, its regions and their mean."""

    def __init__(self, channels=512, hidden_size=256):
        super().__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(3, 64, 8, stride=8), nn.BatchNorm2d(64), nn.ReLU(), nn.Conv2d(64, channels, 4, stride=4)
        )
        self.project = nn.Linear(channels, hidden_size)
        self.start = nn.Linear(channels, hidden_size)

    def forward(self, images):
        features = self.backbone(images)
        mean = features.mean(dim=(2, 3))
        regions = features.view(features.size(0), -1, features.size(1))
        return torch.relu(self.project(regions)), torch.relu(self.start(mean))


class Attention(nn.Module):
    def __init__(self, hidden_size):
        super().__init__()
        self.region = nn.Linear(hidden_size, hidden_size, bias=False)
        self.word = nn.Linear(hidden_size, hidden_size, bias=False)
        self.score = nn.Linear(hidden_size, 1, bias=False)

    def forward(self, regions, hidden):
        joint = torch.tanh(self.region(regions)[:, None] + self.word(hidden)[:, :, None])
        weights = self.score(joint).squeeze(3).softmax(dim=2)
        return torch.bmm(weights, regions)


class Captioner(nn.Module):
    def __init__(self, vocab_size=1000, hidden_size=256):
        super().__init__()
        self.encoder = Encoder(hidden_size=hidden_size)
        self.embed = nn.Embedding(vocab_size, hidden_size)
        self.lstm = nn.LSTM(hidden_size, hidden_size, batch_first=True)
        self.attention = Attention(hidden_size)
        self.classifier = nn.Linear(hidden_size, vocab_size)

    def forward(self, images, captions):
        regions, start = self.encoder(images)
        hidden, _ = self.lstm(self.embed(captions), (start[None], torch.zeros_like(start)[None]))
        return self.classifier(hidden + self.attention(regions, hidden))


def example_inputs():
    return torch.randn(2, 3, 224, 224), torch.randint(0, 1000, (2, 12))
