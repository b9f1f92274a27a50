"""torch.export, with the settings it has by default."""

from __future__ import annotations

import torch
from torch import nn

from ...models import Inputs
from .. import Peer


def run(model: nn.Module, inputs: Inputs) -> str:
    torch.export.export(model, *inputs)
    return ""


PEER = Peer("torch.export", run, ("torch._dynamo", "torch.export"))
