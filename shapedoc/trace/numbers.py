"""What two runs on numbers need before they may be compared: weights that show, and kernels that compute."""

from __future__ import annotations

import torch
from torch import nn

from shapedoc.trace.recorder import Trace


def fill(model: nn.Module) -> None:
    """Parameters that begin as one number hide what is multiplied by them: each gets numbers of its own."""
    chance = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.is_floating_point() and parameter.numel() > 1 and not parameter.std() > 0:
                noise = torch.rand(parameter.shape, generator=chance)
                parameter.add_(noise.to(parameter.dtype), alpha=0.5)


def is_computed(trace: Trace) -> bool:
    """Whether every step gave numbers: a kernel that is stood in for gives none."""
    return not any(hasattr(op.func, "contract_for") or hasattr(op.func, "is_launch") for op in trace.ops)
