"""A small backbone with attention inside windows."""

import torch
from torch import nn
from torch.nn import functional as F


class WindowAttention(nn.Module):
    def __init__(self, dim, num_heads, window):
        super().__init__()
        self.window = window
        self.norm = nn.LayerNorm(dim)
        self.attn = nn.MultiheadAttention(dim, num_heads, batch_first=True)

    def padded(self, x):
        """The map with rows and columns of zeros up to whole windows."""
        height, width = x.shape[1:3]
        return F.pad(x, (0, 0, 0, -width % self.window, 0, -height % self.window))

    def forward(self, x):
        rows, columns = x.shape[1:3]
        h = self.norm(x)
        b, height, width, c = h.shape
        h = h.view(b, height // self.window, self.window, width // self.window, self.window, c)
        windows = h.transpose(2, 3).reshape(-1, self.window**2, c)
        windows = self.attn(windows, windows, windows, need_weights=False)[0]
        h = windows.view(b, height // self.window, width // self.window, self.window, self.window, c)
        h = h.transpose(2, 3).reshape(b, height, width, c)
        return x + h[:, :rows, :columns]


class Backbone(nn.Module):
    def __init__(self, dim=96, num_heads=3, window=7, depth=2):
        super().__init__()
        self.patch_embed = nn.Conv2d(3, dim, 4, stride=4)
        self.blocks = nn.Sequential(*[WindowAttention(dim, num_heads, window) for _ in range(depth)])
        self.head = nn.Conv2d(dim, 21, 1)

    def forward(self, images):
        x = self.patch_embed(images).permute(0, 2, 3, 1)
        return self.head(self.blocks(x).permute(0, 3, 1, 2))


def example_inputs():
    return torch.randn(2, 3, 240, 240)
