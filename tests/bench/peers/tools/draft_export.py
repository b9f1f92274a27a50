"""draft_export: torch.export that goes on after what it cannot decide, and reports it."""

from __future__ import annotations

import torch
from torch import nn

from ...models import Inputs
from .. import Peer


def run(model: nn.Module, inputs: Inputs) -> str:
    report = torch.export.draft_export(model, *inputs)._report
    return "" if report is None or report.successful() else str(report)


PEER = Peer("draft_export", run, ("torch._dynamo", "torch.export"))
