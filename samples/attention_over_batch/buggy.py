"""A transformer that denoises the latents of a video, told by a text what to make of them."""

import torch
from torch import nn


class DenoiserBlock(nn.Module):
    def __init__(self, dim, num_heads):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.self_attention = nn.MultiheadAttention(dim, num_heads)
        self.norm2 = nn.LayerNorm(dim)
        self.feed_forward = nn.Sequential(nn.Linear(dim, 4 * dim), nn.GELU(), nn.Linear(4 * dim, dim))
        self.modulation = nn.Linear(dim, 2 * dim)

    def forward(self, x, condition):
        scale, shift = self.modulation(condition)[:, None].chunk(2, dim=-1)
        h = self.norm1(x) * (1 + scale) + shift
        x = x + self.self_attention(h, h, h, need_weights=False)[0]
        return x + self.feed_forward(self.norm2(x))


class VideoDenoiser(nn.Module):
    def __init__(self, channels=8, dim=128, num_heads=8, depth=2, text_dim=64):
        super().__init__()
        self.patchify = nn.Conv3d(channels, dim, kernel_size=(1, 2, 2), stride=(1, 2, 2))
        self.text = nn.Linear(text_dim, dim)
        self.blocks = nn.ModuleList(DenoiserBlock(dim, num_heads) for _ in range(depth))
        self.unpatchify = nn.ConvTranspose3d(dim, channels, kernel_size=(1, 2, 2), stride=(1, 2, 2))

    def forward(self, latents, text):
        x = self.patchify(latents)
        b, d, t, h, w = x.shape
        x = x.flatten(2).transpose(1, 2)
        condition = self.text(text)
        for block in self.blocks:
            x = block(x, condition)
        return self.unpatchify(x.transpose(1, 2).reshape(b, d, t, h, w))


def example_inputs():
    return torch.randn(2, 8, 4, 12, 12), torch.randn(2, 64)
