"""torchlens: every operation of a real pass (https://github.com/johnmarktaylor91/torchlens).

It refuses to work in a child process that is no rank of a process group, so a fork becomes the only rank of one.
"""

from __future__ import annotations

from torch import distributed, nn

from ...models import Inputs
from .. import Peer


def run(model: nn.Module, inputs: Inputs) -> str:
    import torchlens

    if not distributed.is_initialized():
        distributed.init_process_group("gloo", store=distributed.HashStore(), rank=0, world_size=1)
    args, kwargs = inputs
    torchlens.trace(model, list(args), kwargs)
    return ""


PEER = Peer("torchlens", run, ("torchlens",))
