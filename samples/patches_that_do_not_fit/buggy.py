"""A masked autoencoder's encoder, its patches cut by einops."""

import torch
from einops import rearrange
from torch import nn
from torch.nn import functional as F


class PatchEmbed(nn.Module):
    def __init__(self, patch_size, dim):
        super().__init__()
        self.patch_size = patch_size
        self.norm = nn.LayerNorm(3 * patch_size**2)
        self.proj = nn.Linear(3 * patch_size**2, dim)

    def whole(self, images):
        """The images, resized to whole patches."""
        height, width = (size // self.patch_size * self.patch_size for size in images.shape[2:])
        return F.interpolate(images, (height, width), mode="bilinear")

    def forward(self, images):
        p = self.patch_size
        patches = rearrange(images, "b c (h p1) (w p2) -> b (h w) (p1 p2 c)", p1=p, p2=p)
        return self.proj(self.norm(patches))


class MaskedEncoder(nn.Module):
    def __init__(self, patch_size=16, dim=128, num_heads=4, depth=2, keep=0.25):
        super().__init__()
        self.keep = keep
        self.patch_embed = PatchEmbed(patch_size, dim)
        layer = nn.TransformerEncoderLayer(dim, num_heads, 4 * dim, batch_first=True, norm_first=True)
        self.blocks = nn.TransformerEncoder(layer, depth, enable_nested_tensor=False)

    def forward(self, images):
        x = self.patch_embed(images)
        kept = torch.rand(x.shape[:2], device=x.device).argsort(dim=1)[:, : int(x.shape[1] * self.keep)]
        return self.blocks(x.gather(1, kept.unsqueeze(-1).expand(-1, -1, x.shape[-1])))


def example_inputs():
    return torch.randn(2, 3, 250, 250)
