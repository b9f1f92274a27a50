"""Torch itself: one pass, and the traceback where it raises. What anyone has without a tool."""

from __future__ import annotations

from torch import nn

from ...baseline import forward
from ...models import Inputs
from .. import Peer


def run(model: nn.Module, inputs: Inputs) -> str:
    forward(model, inputs)
    return ""


PEER = Peer("eager", run)
