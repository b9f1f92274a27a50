"""A residual block with a modulated deformable convolution: offsets and a mask come from a plain one."""

import torch
from torch import nn
from torchvision.ops import DeformConv2d


class DeformableBlock(nn.Module):
    def __init__(self, channels, kernel_size=3):
        super().__init__()
        padding = kernel_size // 2
        self.offset = nn.Conv2d(channels, 2 * kernel_size**2, kernel_size, padding=padding)
        self.mask = nn.Conv2d(channels, kernel_size * kernel_size, kernel_size, padding=padding)
        self.conv = DeformConv2d(channels, channels, kernel_size, padding=padding)
        self.norm = nn.BatchNorm2d(channels)

    def forward(self, x):
        offset = self.offset(x)
        mask = self.mask(x).sigmoid()
        return x + self.norm(self.conv(x, offset, mask)).relu()


class Detector(nn.Module):
    def __init__(self, channels=32, depth=2, num_classes=20):
        super().__init__()
        self.stem = nn.Conv2d(3, channels, kernel_size=3, stride=2, padding=1)
        self.blocks = nn.Sequential(*[DeformableBlock(channels) for _ in range(depth)])
        self.classes = nn.Conv2d(channels, num_classes, kernel_size=1)

    def forward(self, x):
        return self.classes(self.blocks(self.stem(x)))


def example_inputs():
    return torch.randn(2, 3, 64, 64)
