"""By how much an edit changes what a model gives, on the same weights and inputs.

>>> from shapedoc.trace.attempts import Case, planned
>>> class Times(nn.Module):
...     def __init__(self, factor):
...         super().__init__()
...         self.factor, self.fc = factor, nn.Linear(4, 2)
...     def forward(self, x):
...         return self.fc(x) * self.factor
>>> def run_of(model):
...     return Case(lambda: model, planned((torch.ones(3, 4),), {})).once("real")
>>> change_of_output(run_of(Times(1.0)), run_of(Times(0.5)))
0.5
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from shapedoc.trace.execution import Run
from shapedoc.trace.numbers import fill, is_computed
from shapedoc.trace.parting import difference
from shapedoc.trace.remembered import tensors_in

LARGEST = 2**26  # numbers of an output that are looked at


def change_of_output(before: Run, after: Run) -> float | None:
    """The largest difference as a share of the largest number there is; 0 for no more than rounding.

    None where there is nothing to compare: no numbers, a crash, other weights, another shape. For a process
    that ends afterwards: both models get the same weights, all of which show.
    """
    for run in (before, after):
        if run.world.name != "real" or run.error is not None or not is_computed(run.trace):
            return None
    assert before.model is not None and after.model is not None
    fill(before.model)
    if not _take_weights(after.model, before.model):
        return None
    old, new = _outputs(before), _outputs(after)
    if not old or [value.shape for value in old] != [value.shape for value in new]:
        return None
    return max(_share(left, right) for left, right in zip(new, old, strict=True))


def _take_weights(model: nn.Module, other: nn.Module) -> bool:
    """Give a model the parameters of another, if it has the same."""
    own, theirs = dict(model.named_parameters()), dict(other.named_parameters())
    if {name: value.shape for name, value in own.items()} != {n: value.shape for n, value in theirs.items()}:
        return False
    with torch.no_grad():
        for name, value in own.items():
            value.copy_(theirs[name])
    return True


def _outputs(run: Run) -> list[torch.Tensor]:
    """What the model gives when it runs once more; nothing where that is too much."""
    assert run.model is not None and run.repeat is not None and run.plan is not None
    kept: list[torch.Tensor] = []

    def keep(module: nn.Module, args: Any, output: Any) -> None:
        kept.extend(tensors_in(output))

    hook = run.model.register_forward_hook(keep)
    try:
        again = run.repeat(run.plan)
    finally:
        hook.remove()
    fits = again.error is None and sum(tensor.numel() for tensor in kept) <= LARGEST
    return [tensor.detach() for tensor in kept] if fits else []


def _share(new: torch.Tensor, old: torch.Tensor) -> float:
    apart = difference([new], [old])
    return apart / max(map(_largest, (new, old))) if apart else 0.0


def _largest(tensor: torch.Tensor) -> float:
    return float(tensor.double().abs().nan_to_num(0.0).max())
