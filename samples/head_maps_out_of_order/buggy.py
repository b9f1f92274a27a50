"""An image classifier whose convolutions are augmented with self-attention over positions."""

import torch
from torch import nn
from torch.nn import functional as F


class AugmentedConv(nn.Module):
    def __init__(self, in_channels, out_channels, dk=40, dv=20, Nh=4):
        super().__init__()
        self.dk, self.dv, self.Nh = dk, dv, Nh
        self.conv_out = nn.Conv2d(in_channels, out_channels - dv, 3, padding=1)
        self.qkv_conv = nn.Conv2d(in_channels, 2 * dk + dv, 1)
        self.attn_out = nn.Conv2d(dv, dv, 1)

    def split_heads(self, x):
        batch, channels, height, width = x.shape
        return x.reshape(batch, self.Nh, channels // self.Nh, height * width)

    def forward(self, x):
        batch, _, height, width = x.shape
        q, k, v = self.qkv_conv(x).split([self.dk, self.dk, self.dv], dim=1)
        q = self.split_heads(q * (self.dk // self.Nh) ** -0.5)
        k, v = self.split_heads(k), self.split_heads(v)
        weights = F.softmax(torch.matmul(q.transpose(2, 3), k), dim=-1)
        attended = torch.matmul(weights, v.transpose(2, 3))
        attended = attended.reshape(batch, self.Nh, self.dv // self.Nh, height, width)
        attended = self.attn_out(attended.reshape(batch, self.dv, height, width))
        return torch.cat([self.conv_out(x), attended], dim=1)


class Classifier(nn.Module):
    def __init__(self, width=64, num_classes=100):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, stride=2, padding=1)
        self.layers = nn.ModuleList(AugmentedConv(width, width) for _ in range(2))
        self.norms = nn.ModuleList(nn.BatchNorm2d(width) for _ in range(2))
        self.head = nn.Linear(width, num_classes)

    def forward(self, images):
        x = self.stem(images)
        for layer, norm in zip(self.layers, self.norms):
            x = x + F.relu(norm(layer(x)))
        return self.head(x.mean(dim=(2, 3)))


def example_inputs():
    return torch.randn(2, 3, 32, 32)
