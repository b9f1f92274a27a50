"""Attention over a map: one path scales by the number of heads, the other by their size."""

import torch
import torch.nn.functional as F
from torch import nn


class MapAttention(nn.Module):
    def __init__(self, dim=64, num_heads=4):
        super().__init__()
        head_dim = dim // num_heads
        self.num_heads = num_heads
        self.head_dim = head_dim
        self.scale = num_heads**-0.5
        self.qkv = nn.Conv2d(dim, 3 * dim, 1)
        self.proj = nn.Conv2d(dim, dim, 1)

    def forward(self, x, fused):
        b, c, h, w = x.shape
        q, k, v = self.qkv(x).reshape(b, 3, self.num_heads, self.head_dim, h * w).unbind(1)
        if fused:
            x = F.scaled_dot_product_attention(
                q.transpose(-2, -1),
                k.transpose(-2, -1),
                v.transpose(-2, -1),
            ).transpose(-2, -1)
        else:
            attn = (q * self.scale).transpose(-2, -1) @ k
            x = v @ attn.softmax(-1).transpose(-2, -1)
        return self.proj(x.reshape(b, c, h, w))


def test_output_has_the_shape_of_the_input():
    layer = MapAttention()
    x = torch.randn(2, 64, 16, 16)
    assert layer(x, fused=True).shape == x.shape


def test_fused_and_unfused_paths_agree():
    torch.manual_seed(0)
    layer = MapAttention().eval()
    x = torch.randn(2, 64, 8, 16)
    torch.testing.assert_close(layer(x, fused=True), layer(x, fused=False))
