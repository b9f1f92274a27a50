"""A video classifier: a few tokens are learnt from every frame, and a transformer looks at them alone."""

import torch
from torch import nn


class TokenLearner(nn.Module):
    """As many spatial attention maps as tokens; each pools the feature map to one vector."""

    def __init__(self, channels, num_tokens=8):
        super().__init__()
        self.maps = nn.Sequential(nn.Conv2d(channels, num_tokens, 3, padding=1), nn.GELU(), nn.Conv2d(num_tokens, num_tokens, 1))

    def forward(self, x):
        weights = self.maps(x).sigmoid()
        pooled = []
        for index in range(weights.shape[1]):
            pooled.append((x * weights[:, index : index + 1]).mean(dim=(2, 3)))
        tokens = torch.stack(pooled, dim=2)
        return tokens.transpose(1, 2)


class VideoClassifier(nn.Module):
    def __init__(self, channels=96, num_tokens=8, num_classes=20):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, channels, 7, stride=4, padding=3), nn.BatchNorm2d(channels), nn.ReLU())
        self.learner = TokenLearner(channels, num_tokens)
        layer = nn.TransformerEncoderLayer(channels, nhead=4, dim_feedforward=192, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=2)
        self.head = nn.Linear(channels, num_classes)

    def forward(self, frames):
        tokens = self.learner(self.stem(frames))
        return self.head(self.encoder(tokens).mean(dim=1))


def example_inputs():
    return torch.randn(4, 3, 64, 64)
