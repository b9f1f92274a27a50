"""A decoder block with two windows whose value has half the heads of its weights."""

import torch
from einops import rearrange
from natten.functional import na2d_av
from torch import nn


class ContextMixing(nn.Module):
    def __init__(self, dim=64, num_heads=4, small=5, large=13):
        super().__init__()
        self.num_heads, self.small, self.large = num_heads, small, large
        self.to_weight = nn.Conv2d(dim, num_heads * (small**2 + large**2), 1)
        self.proj = nn.Conv2d(dim, dim, 1)

    def forward(self, x):
        weight = self.to_weight(x)
        attn1, attn2 = torch.split(
            weight,
            [self.num_heads * self.small**2, self.num_heads * self.large**2],
            dim=1,
        )
        attn1 = rearrange(attn1, "b (g k) h w -> b g h w k", g=self.num_heads).softmax(-1)
        attn2 = rearrange(attn2, "b (g k) h w -> b g h w k", g=self.num_heads).softmax(-1)

        # The two halves of the channels, one for each window, each as heads first.
        value = rearrange(x, "b (m g c) h w -> m b g h w c", m=2, g=self.num_heads // 2)

        # NATTEN takes [batch, heads, rows, columns, head_dim] here.
        x1 = na2d_av(attn1, value[0], kernel_size=self.small)
        x2 = na2d_av(attn2, value[1], kernel_size=self.large)
        x = rearrange(torch.stack([x1, x2]), "m b g h w c -> b (m g c) h w")
        return self.proj(x)
