"""What building a model on meta and one bare forward pass there cost: the measure for the tracer.

>>> from torch import nn
>>> model, cost = measured(lambda: built_on_meta(lambda: nn.Linear(4096, 4096)))
>>> model.weight.device.type, cost.megabytes < 60
('meta', True)
"""

from __future__ import annotations

import contextlib
import random
import re
import resource
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from .models import Inputs

T = TypeVar("T")
STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass(frozen=True)
class Cost:
    """Seconds it took, and megabytes by which the process grew at its largest."""

    seconds: float = 0.0
    megabytes: float = 0.0


def measured(work: Callable[[], T]) -> tuple[T, Cost]:
    """The value of a call, and its cost in time and memory."""
    before = _restartpeak_megabytes()
    start = time.perf_counter()
    value = work()
    return value, Cost(time.perf_counter() - start, max(0.0, peak_megabytes() - before))


def built_on_meta(build: Callable[[], nn.Module]) -> nn.Module:
    with torch.device("meta"):
        return build().eval()


def forward(model: nn.Module, inputs: Inputs) -> Any:
    args, kwargs = inputs
    with torch.no_grad():
        return model(*args, **kwargs)


def on_meta(inputs: Inputs) -> Inputs:
    moved: Inputs = tree_map_only(Tensor, lambda tensor: tensor.to("meta"), inputs)
    return moved


def quiet_and_reproducible() -> None:
    """For the start of a forked process: one thread, one seed, no warnings of other people's packages."""
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    random.seed(0)


def warm_up() -> None:
    """Once in the parent: torch registers its meta kernels and decompositions at their first use."""
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.Flatten(2), nn.LayerNorm(36), nn.Linear(36, 8)
    )
    attention = nn.MultiheadAttention(8, 2, batch_first=True)
    with torch.no_grad(), torch.device("meta"):
        x = model.to("meta")(torch.empty(2, 3, 8, 8))
        attention.to("meta")(x, x, x)


def _restartpeak_megabytes() -> float:
    """Forget the largest size so far (Linux), and say how large the process is now."""
    with contextlib.suppress(OSError):
        CLEAR.write_text("5")
    return _status("VmRSS") or peak_megabytes()


def peak_megabytes() -> float:
    """How large this process has been, or, after `measured`, since that began."""
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return _status("VmHWM") or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit


def _status(field: str) -> float:
    """A size in megabytes from the kernel's account of this process; 0 where there is none."""
    if not STATUS.exists():
        return 0.0
    found = re.search(rf"{field}:\s+(\d+) kB", STATUS.read_text())
    return int(found[1]) / 1024 if found else 0.0
