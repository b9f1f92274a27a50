"""A convolutional classifier for CIFAR, given images twice as large."""

import torch
from torch import nn


class Stage(nn.Module):
    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(out_channels)
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        return self.pool(torch.relu(self.norm(self.conv(x))))


class Classifier(nn.Module):
    def __init__(self, image_size=64, width=32, num_classes=10):
        super().__init__()
        self.stages = nn.Sequential(Stage(3, width), Stage(width, 2 * width), Stage(2 * width, 4 * width))
        self.dropout = nn.Dropout(0.2)
        self.head = nn.Linear(4 * width * (image_size // 8) ** 2, num_classes)

    def forward(self, images):
        x = self.stages(images)
        return self.head(self.dropout(x.flatten(1)))


def example_inputs():
    return torch.randn(4, 3, 64, 64)
