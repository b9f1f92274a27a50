"""A Mamba block on the two kernels themselves, as vision models write it."""

import torch
from causal_conv1d import causal_conv1d_fn
from einops import rearrange
from mamba_ssm.ops.selective_scan_interface import selective_scan_fn
from torch import nn


class MambaMixer(nn.Module):
    def __init__(self, d_model=96, d_state=16, d_conv=4, expand=2):
        super().__init__()
        self.d_inner = expand * d_model
        self.d_state = d_state
        self.dt_rank = d_model // 16
        self.in_proj = nn.Linear(d_model, 2 * self.d_inner)
        self.conv1d = nn.Conv1d(self.d_inner, self.d_inner, d_conv, groups=self.d_inner, padding=d_conv - 1)
        self.x_proj = nn.Linear(self.d_inner, self.dt_rank + 2 * d_state, bias=False)
        self.dt_proj = nn.Linear(self.dt_rank, self.d_inner)
        self.A_log = nn.Parameter(torch.arange(1.0, d_state + 1).log().repeat(self.d_inner, 1))
        self.D = nn.Parameter(torch.ones(self.d_inner))
        self.out_proj = nn.Linear(self.d_inner, d_model)

    def forward(self, x):
        x, z = rearrange(self.in_proj(x), "b l (n d) -> n b d l", n=2)
        x = causal_conv1d_fn(x, rearrange(self.conv1d.weight, "d 1 w -> d w"), self.conv1d.bias, activation="silu")
        projected = self.x_proj(rearrange(x, "b d l -> b l d"))
        dt, B, C = projected.split([self.dt_rank, self.d_state, self.d_state], dim=-1)
        dt = rearrange(self.dt_proj(dt), "b l d -> b d l")
        B, C = rearrange(B, "b l n -> b n l"), rearrange(C, "b l n -> b n l")
        A = -torch.exp(self.A_log)
        y = selective_scan_fn(x, dt, A, B, C, self.D, z=z, delta_softplus=True)
        return self.out_proj(rearrange(y, "b d l -> b l d"))


class MambaVision(nn.Module):
    def __init__(self, dim=96, depth=2, num_classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, dim, kernel_size=4, stride=4)
        self.norms = nn.ModuleList(nn.LayerNorm(dim) for _ in range(depth))
        self.mixers = nn.ModuleList(MambaMixer(dim) for _ in range(depth))
        self.head = nn.Linear(dim, num_classes)

    def forward(self, x):
        x = rearrange(self.stem(x), "b c h w -> b (h w) c")
        for norm, mixer in zip(self.norms, self.mixers):
            x = x + mixer(norm(x))
        return self.head(x.mean(dim=1))


def example_inputs():
    return torch.randn(2, 3, 32, 32)
