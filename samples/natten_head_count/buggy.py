"""A decoder block that mixes context in two windows with NATTEN, after OverLoCK's encoder block.

The feature map is projected to attention weights for a small and a large window; half of the value's
channels is gathered in each.
"""

import torch
from einops import rearrange
from natten.functional import na2d_av
from torch import nn


class ContextMixing(nn.Module):
    """Neighbourhoods of two sizes, weighted by what the map itself says, with relative position bias."""

    def __init__(self, dim=64, num_heads=4, small_kernel=5, large_kernel=7):
        super().__init__()
        self.num_heads = num_heads
        self.small_kernel = small_kernel
        self.large_kernel = large_kernel
        self.weight_proj = nn.Conv2d(dim, num_heads * (small_kernel**2 + large_kernel**2), kernel_size=1)
        self.rpb_small = nn.Parameter(torch.zeros(num_heads, 2 * small_kernel - 1, 2 * small_kernel - 1))
        self.rpb_large = nn.Parameter(torch.zeros(num_heads, 2 * large_kernel - 1, 2 * large_kernel - 1))
        self.proj = nn.Conv2d(dim, dim, kernel_size=1)

    def add_relative_bias(self, attn, rpb, kernel_size):
        """The bias of each neighbour; at the border the window stays inside, and so looks further to one side."""
        height, width = attn.shape[2:4]
        rows = self.offsets(height, kernel_size)
        columns = self.offsets(width, kernel_size)
        bias = rpb[:, rows[:, None, :, None], columns[None, :, None, :]]
        return attn + rearrange(bias, "heads h w i j -> 1 heads h w (i j)")

    @staticmethod
    def offsets(length, kernel_size):
        positions = torch.arange(length)
        starts = (positions - kernel_size // 2).clamp(0, length - kernel_size)
        return starts[:, None] + torch.arange(kernel_size) - positions[:, None] + kernel_size - 1

    def forward(self, x):
        weight = self.weight_proj(x)
        weight = rearrange(weight, "b (heads k) h w -> b heads h w k", heads=self.num_heads)
        attn1, attn2 = weight.split([self.small_kernel**2, self.large_kernel**2], dim=-1)
        attn1 = self.add_relative_bias(attn1, self.rpb_small, self.small_kernel).softmax(dim=-1)
        attn2 = self.add_relative_bias(attn2, self.rpb_large, self.large_kernel).softmax(dim=-1)
        value = rearrange(x, "b (m g c) h w -> m b g h w c", m=2, g=self.num_heads // 2)
        x1 = na2d_av(attn1, value[0], kernel_size=self.small_kernel)
        x2 = na2d_av(attn2, value[1], kernel_size=self.large_kernel)
        x = rearrange(torch.stack([x1, x2]), "m b g h w c -> b (m g c) h w")
        return self.proj(x)


class Decoder(nn.Module):
    """A stem, and two residual blocks."""

    def __init__(self, in_channels=32, dim=64, num_heads=4, depth=2):
        super().__init__()
        self.stem = nn.Conv2d(in_channels, dim, kernel_size=3, padding=1)
        self.blocks = nn.ModuleList(ContextMixing(dim, num_heads) for _ in range(depth))
        self.norms = nn.ModuleList(nn.BatchNorm2d(dim) for _ in range(depth))

    def forward(self, x):
        x = self.stem(x)
        for block, norm in zip(self.blocks, self.norms):
            x = x + block(norm(x))
        return x


def example_inputs():
    return torch.randn(8, 32, 16, 16)
