"""mamba's layers: projections around a short convolution and a scan, both of which are kernels."""

from __future__ import annotations

import math
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from shapedoc.trace.standins.layers import stands_for


@stands_for("mamba_ssm.Mamba", "mamba_ssm.modules.mamba_simple.Mamba")
class Mamba(nn.Module):
    """[b tokens d_model] to the same, by a selective scan over `expand * d_model` channels."""

    def __init__(
        self,
        d_model: int,
        d_state: int = 16,
        d_conv: int = 4,
        expand: int = 2,
        dt_rank: int | str = "auto",
        dt_min: float = 0.001,
        dt_max: float = 0.1,
        dt_init: str = "random",
        dt_scale: float = 1.0,
        dt_init_floor: float = 1e-4,
        conv_bias: bool = True,
        bias: bool = False,
        use_fast_path: bool = True,
        layer_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.d_model, self.d_state, self.d_conv, self.expand = d_model, d_state, d_conv, expand
        self.d_inner = int(expand * d_model)
        self.dt_rank = math.ceil(d_model / 16) if isinstance(dt_rank, str) else dt_rank
        self.use_fast_path, self.layer_idx, self.activation = use_fast_path, layer_idx, "silu"
        self.in_proj = nn.Linear(d_model, self.d_inner * 2, bias=bias)
        self.conv1d = _depthwise(self.d_inner, d_conv, conv_bias)
        self.act = nn.SiLU()
        self.x_proj = nn.Linear(self.d_inner, self.dt_rank + d_state * 2, bias=False)
        self.dt_proj = nn.Linear(self.dt_rank, self.d_inner, bias=True)
        self.A_log = nn.Parameter(torch.zeros(self.d_inner, d_state))
        self.D = nn.Parameter(torch.ones(self.d_inner))
        self.out_proj = nn.Linear(self.d_inner, d_model, bias=bias)

    def forward(self, hidden_states: Tensor, inference_params: Any = None) -> Tensor:
        x, z = self.in_proj(hidden_states).transpose(1, 2).chunk(2, dim=1)
        convolve = import_module("causal_conv1d").causal_conv1d_fn
        x = convolve(x, self.conv1d.weight.squeeze(1), self.conv1d.bias, activation=self.activation)
        sizes = [self.dt_rank, self.d_state, self.d_state]
        rank, b, c = (part.transpose(1, 2) for part in self.x_proj(x.transpose(1, 2)).split(sizes, dim=-1))
        scan = import_module("mamba_ssm.ops.selective_scan_interface").selective_scan_fn
        delta, a = self.dt_proj.weight @ rank, -torch.exp(self.A_log.float())
        y = scan(
            x, delta, a, b, c, self.D.float(), z=z, delta_bias=self.dt_proj.bias.float(), delta_softplus=True
        )
        return self.out_proj(y.transpose(1, 2))


@stands_for("mamba_ssm.Mamba2", "mamba_ssm.modules.mamba2.Mamba2")
class Mamba2(nn.Module):
    """[b tokens d_model] to the same, by a chunked scan over heads in one kernel."""

    def __init__(
        self,
        d_model: int,
        d_state: int = 128,
        d_conv: int = 4,
        conv_init: Any = None,
        expand: int = 2,
        headdim: int = 64,
        d_ssm: int | None = None,
        ngroups: int = 1,
        A_init_range: Any = (1, 16),
        D_has_hdim: bool = False,
        rmsnorm: bool = True,
        norm_before_gate: bool = False,
        dt_min: float = 0.001,
        dt_max: float = 0.1,
        dt_init_floor: float = 1e-4,
        dt_limit: Any = None,
        bias: bool = False,
        conv_bias: bool = True,
        chunk_size: int = 256,
        use_mem_eff_path: bool = True,
        layer_idx: int | None = None,
        process_group: Any = None,
        sequence_parallel: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.d_model, self.d_state, self.d_conv, self.expand = d_model, d_state, d_conv, expand
        self.d_inner = expand * d_model
        self.headdim, self.ngroups, self.chunk_size = headdim, ngroups, chunk_size
        self.d_ssm = self.d_inner if d_ssm is None else d_ssm
        assert self.d_ssm % headdim == 0
        self.nheads = self.d_ssm // headdim
        self.activation, self.norm_before_gate = "silu", norm_before_gate
        convolved = self.d_ssm + 2 * ngroups * d_state
        self.in_proj = nn.Linear(d_model, 2 * self.d_inner + 2 * ngroups * d_state + self.nheads, bias=bias)
        self.conv1d = _depthwise(convolved, d_conv, conv_bias)
        self.dt_bias = nn.Parameter(torch.zeros(self.nheads))
        self.A_log = nn.Parameter(torch.zeros(self.nheads))
        self.D = nn.Parameter(torch.ones(self.nheads))
        self.norm = RMSNormGated(self.d_ssm, norm_before_gate=norm_before_gate) if rmsnorm else None
        self.out_proj = nn.Linear(self.d_inner, d_model, bias=bias)

    def forward(
        self, u: Tensor, seqlen: int | None = None, seq_idx: Tensor | None = None, **options: Any
    ) -> Tensor:
        packed = self.in_proj(u)
        packed = packed if seqlen is None else packed.unflatten(0, (-1, seqlen))
        run = import_module("mamba_ssm.ops.triton.ssd_combined").mamba_split_conv1d_scan_combined
        out = run(
            packed,
            self.conv1d.weight.squeeze(1),
            self.conv1d.bias,
            self.dt_bias,
            -torch.exp(self.A_log.float()),
            D=self.D,
            chunk_size=self.chunk_size,
            seq_idx=seq_idx,
            activation=self.activation,
            rmsnorm_weight=self.norm.weight if self.norm else None,
            outproj_weight=self.out_proj.weight,
            outproj_bias=self.out_proj.bias,
            headdim=self.headdim,
            ngroups=self.ngroups,
            norm_before_gate=self.norm_before_gate,
        )
        return out if seqlen is None else out.flatten(0, 1)


@stands_for("mamba_ssm.ops.triton.layernorm_gated.RMSNorm")
class RMSNormGated(nn.Module):
    """Root mean square norm of `x`, gated by `z`."""

    def __init__(
        self,
        hidden_size: int,
        eps: float = 1e-5,
        group_size: Any = None,
        norm_before_gate: bool = True,
        **options: Any,
    ) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(hidden_size))

    def forward(self, x: Tensor, z: Tensor | None = None) -> Tensor:
        return F.rms_norm(x if z is None else x * F.silu(z), self.weight.shape, self.weight, self.eps)


@stands_for("mamba_ssm.ops.triton.layer_norm.RMSNorm", "mamba_ssm.ops.triton.layernorm.RMSNorm")
class RMSNorm(nn.Module):
    """Root mean square norm, after adding a residual if there is one."""

    def __init__(self, hidden_size: int, eps: float = 1e-5, dropout_p: float = 0.0, **options: Any) -> None:
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(hidden_size))
        self.register_parameter("bias", None)

    def forward(
        self, x: Tensor, residual: Tensor | None = None, prenorm: bool = False, residual_in_fp32: bool = False
    ) -> Any:
        return rms_norm_fn(x, self.weight, None, residual=residual, eps=self.eps, prenorm=prenorm)


@stands_for("mamba_ssm.ops.triton.layer_norm.rms_norm_fn", "mamba_ssm.ops.triton.layernorm.rms_norm_fn")
def rms_norm_fn(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    residual: Tensor | None = None,
    prenorm: bool = False,
    eps: float = 1e-6,
    **options: Any,
) -> Any:
    """The norm of `x + residual`, and, before another norm, the sum itself."""
    total = x if residual is None else x + residual
    normed = F.rms_norm(total, weight.shape, weight, eps)
    return (normed, total) if prenorm else normed


@stands_for("mamba_ssm.ops.triton.layer_norm.layer_norm_fn", "mamba_ssm.ops.triton.layernorm.layer_norm_fn")
def layer_norm_fn(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    residual: Tensor | None = None,
    prenorm: bool = False,
    eps: float = 1e-6,
    is_rms_norm: bool = False,
    **options: Any,
) -> Any:
    """As `rms_norm_fn`, with the mean taken off."""
    if is_rms_norm:
        return rms_norm_fn(x, weight, bias, residual, prenorm, eps)
    total = x if residual is None else x + residual
    normed = F.layer_norm(total, weight.shape, weight, bias, eps)
    return (normed, total) if prenorm else normed


def _depthwise(channels: int, taps: int, bias: bool) -> nn.Conv1d:
    return nn.Conv1d(channels, channels, taps, groups=channels, padding=taps - 1, bias=bias)
