"""A video autoencoder with attention inside each frame, written for images first."""

import torch
from torch import nn


class ResBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm1 = nn.GroupNorm(8, channels)
        self.conv1 = nn.Conv3d(channels, channels, 3, padding=1)
        self.norm2 = nn.GroupNorm(8, channels)
        self.conv2 = nn.Conv3d(channels, channels, 3, padding=1)

    def forward(self, x):
        h = self.conv1(nn.functional.silu(self.norm1(x)))
        return x + self.conv2(nn.functional.silu(self.norm2(h)))


class FrameAttention(nn.Module):
    """Every position of a frame looks at all positions of that frame."""

    def __init__(self, channels):
        super().__init__()
        self.norm = nn.GroupNorm(8, channels)
        self.q = nn.Conv3d(channels, channels, 1)
        self.k = nn.Conv3d(channels, channels, 1)
        self.v = nn.Conv3d(channels, channels, 1)
        self.proj_out = nn.Conv3d(channels, channels, 1)

    def forward(self, x):
        h = self.norm(x)
        q, k, v = self.q(h), self.k(h), self.v(h)
        b, c, t, height, width = q.shape
        q = q.permute(0, 2, 1, 3, 4).reshape(b * t, c, height * width)
        k = k.permute(0, 2, 1, 3, 4).reshape(b * t, c, height * width)
        v = v.permute(0, 2, 1, 3, 4).reshape(b * t, c, height * width)
        weights = torch.bmm(q.permute(0, 2, 1), k) * c**-0.5
        weights = weights.softmax(dim=2)
        h = torch.bmm(v, weights.permute(0, 2, 1))
        h = h.reshape(b, t, c, height, width).permute(0, 2, 1, 3, 4)
        return x + self.proj_out(h)


class VideoAutoencoder(nn.Module):
    def __init__(self, channels=32, latent=4):
        super().__init__()
        self.conv_in = nn.Conv3d(3, channels, 3, padding=1)
        self.down = nn.Conv3d(channels, channels, 3, stride=(1, 2, 2), padding=1)
        self.encoder = nn.Sequential(ResBlock(channels), FrameAttention(channels), ResBlock(channels))
        self.to_latent = nn.Conv3d(channels, latent, 1)
        self.from_latent = nn.Conv3d(latent, channels, 1)
        self.decoder = nn.Sequential(ResBlock(channels), FrameAttention(channels), ResBlock(channels))
        self.up = nn.Upsample(scale_factor=(1, 2, 2))
        self.conv_out = nn.Conv3d(channels, 3, 3, padding=1)

    def forward(self, video):
        latent = self.to_latent(self.encoder(self.down(self.conv_in(video))))
        return self.conv_out(self.up(self.decoder(self.from_latent(latent))))


def example_inputs():
    return torch.randn(2, 3, 5, 32, 32)
