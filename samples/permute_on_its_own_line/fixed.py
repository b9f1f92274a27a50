"""A hybrid classifier: convolutions first, then a transformer over the positions of the feature map."""

import torch
from torch import nn


class HybridClassifier(nn.Module):
    def __init__(self, dim=64, num_heads=4, num_layers=2, num_classes=10):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 32, 3, stride=2, padding=1), nn.BatchNorm2d(32), nn.ReLU(),
            nn.Conv2d(32, dim, 3, stride=2, padding=1),
        )
        self.norm = nn.LayerNorm(dim)
        layer = nn.TransformerEncoderLayer(dim, num_heads, 2 * dim, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers)
        self.head = nn.Linear(dim, num_classes)

    def forward(self, images):
        x = self.stem(images).flatten(2)
        x = x.transpose(1, 2)
        x = self.encoder(self.norm(x))
        return self.head(x.mean(dim=1))


def example_inputs():
    return torch.randn(4, 3, 32, 32)
