"""torchinfo: a pass with hooks, and a table of modules (https://github.com/TylerYep/torchinfo)."""

from __future__ import annotations

import torch
from torch import nn

from ...models import Inputs
from .. import Peer


def run(model: nn.Module, inputs: Inputs) -> str:
    from torchinfo import summary

    args, kwargs = inputs
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    if args:
        summary(model, input_data=list(args), device=device, verbose=0, **kwargs)
    else:
        summary(model, input_data=kwargs, device=device, verbose=0)
    return ""


PEER = Peer("torchinfo", run, ("torchinfo",))
