"""A backbone of neighbourhood attention, moved from NATTEN's two operations to the fused one."""

import torch
from natten.functional import na2d
from torch import nn


class NeighborhoodAttention(nn.Module):
    def __init__(self, dim, num_heads, kernel_size=3):
        super().__init__()
        self.num_heads = num_heads
        self.kernel_size = kernel_size
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        B, H, W, C = x.shape
        qkv = self.qkv(x).reshape(B, H, W, 3, self.num_heads, C // self.num_heads)
        q, k, v = qkv.permute(3, 0, 4, 1, 2, 5)
        x = na2d(q, k, v, kernel_size=self.kernel_size)
        return self.proj(x.permute(0, 2, 3, 1, 4).reshape(B, H, W, C))


class Block(nn.Module):
    def __init__(self, dim, num_heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attn = NeighborhoodAttention(dim, num_heads)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, 3 * dim), nn.GELU(), nn.Linear(3 * dim, dim))

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Backbone(nn.Module):
    def __init__(self, dim=64, num_heads=8, depth=2, num_classes=10):
        super().__init__()
        self.tokenizer = nn.Sequential(
            nn.Conv2d(3, dim // 2, 3, stride=2, padding=1), nn.Conv2d(dim // 2, dim, 3, stride=2, padding=1)
        )
        self.blocks = nn.Sequential(*[Block(dim, num_heads) for _ in range(depth)])
        self.head = nn.Linear(dim, num_classes)

    def forward(self, images):
        x = self.tokenizer(images).permute(0, 2, 3, 1)
        return self.head(self.blocks(x).mean(dim=(1, 2)))


def example_inputs():
    return torch.randn(2, 3, 48, 64)
