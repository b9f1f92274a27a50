"""Spatial attention in a video autoencoder: frames are folded into the batch without a permute."""

import torch
from torch import nn


class FrameAttention(nn.Module):
    def __init__(self, channels=32):
        super().__init__()
        self.norm = nn.GroupNorm(8, channels)
        self.q = nn.Conv3d(channels, channels, 1)
        self.k = nn.Conv3d(channels, channels, 1)
        self.v = nn.Conv3d(channels, channels, 1)
        self.proj = nn.Conv3d(channels, channels, 1)

    def forward(self, x):
        q, k, v = self.q(x), self.k(x), self.v(x)
        b, c, t, h, w = q.shape
        q = q.reshape(b * t, c, h * w)
        q = q.permute(0, 2, 1)
        b, c, t, h, w = k.shape
        k = k.reshape(b * t, c, h * w)
        weights = torch.bmm(q, k) * c**-0.5
        weights = weights.softmax(2)
        b, c, t, h, w = v.shape
        v = v.reshape(b * t, c, h * w)
        out = torch.bmm(v, weights.permute(0, 2, 1))
        out = out.reshape(b, c, t, h, w)
        return x + self.proj(out)


def test_a_frame_does_not_reach_other_frames():
    torch.manual_seed(0)
    block = FrameAttention().eval()
    x = torch.randn(1, 32, 6, 16, 16)
    perturbed = x.clone()
    perturbed[:, :, 0] += 1.0
    # Attention within a frame must leave the frames after the first as they were.
    with torch.no_grad():
        torch.testing.assert_close(block(perturbed)[:, :, 1:], block(x)[:, :, 1:])


if __name__ == "__main__":
    test_a_frame_does_not_reach_other_frames()
