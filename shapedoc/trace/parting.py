"""Two recorded runs of one model that take different branches: where they meet again, and whether they agree.

Steps are the same where they come from one line, in one module, by one name. The runs are walked side by
side; where they differ, each goes on alone to the next step that both have.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

from shapedoc.trace.recorder import Op, Trace, Var, variables

NEAR = 1e-4  # of the largest number: what two orders of summing may differ by


@dataclass
class Values:
    """What the steps of a run gave, by step and output."""

    tensors: dict[tuple[int, int], torch.Tensor] = field(default_factory=dict)

    def of(self, var: Var) -> torch.Tensor | None:
        """The value of a tensor, where it was kept."""
        return self.tensors.get((var.op.index, var.index)) if var.op is not None else None


@dataclass(frozen=True)
class Way:
    """One run with a flag set one way."""

    trace: Trace
    values: Values

    def outputs(self) -> list[torch.Tensor]:
        """What the model returned."""
        found = (self.values.of(var) for var in self.trace.modules[0].outputs)
        return [value for value in found if value is not None]


@dataclass(frozen=True)
class Parting:
    """Two ways that give different numbers: how much, the steps by which each came there, where they meet.

    `on` and `off` are the last steps of each way alone, `met` the first one that they have in common again.
    """

    flag: str
    difference: float
    on: Op | None
    off: Op | None
    met: Op | None
    sizes: str = ""


def difference(left: list[torch.Tensor], right: list[torch.Tensor]) -> float:
    """The largest difference that is more than rounding; 0 where there is none.

    >>> difference([torch.tensor([1.0, 2.0])], [torch.tensor([1.0, 2.5])])
    0.5
    """
    if [value.shape for value in left] != [value.shape for value in right]:
        return float("inf")
    pairs = [(a.double(), b.double()) for a, b in zip(left, right, strict=True) if a.numel()]
    return max((_apart(a, b) for a, b in pairs), default=0.0)


def _apart(left: torch.Tensor, right: torch.Tensor) -> float:
    apart = float((left - right).abs().nan_to_num(0.0).max())
    return apart if apart > NEAR * float(right.abs().nan_to_num(0.0).max()) else 0.0


def first_apart(on: Way, off: Way) -> tuple[list[Op], list[Op], Op | None] | None:
    """The steps of each way alone before the first step in common whose numbers differ, and that step."""
    for alone, other, met, twin in _branches(on.trace.ops, off.trace.ops):
        if met is None or twin is None:
            return alone, other, None
        if difference(_numbers(on, met), _numbers(off, twin)):
            return alone, other, met
    return None


def _numbers(way: Way, op: Op) -> list[torch.Tensor]:
    found = (way.values.of(var) for var in variables(op.outputs))
    return [value for value in found if value is not None]


Branch = tuple[list[Op], list[Op], Op | None, Op | None]


def _branches(left: list[Op], right: list[Op]) -> Iterator[Branch]:
    """Stretches that the runs do not share, each with the step where they meet again; shared steps, too."""
    here, there = 0, 0
    alone: list[Op] = []
    other: list[Op] = []
    while here < len(left) and there < len(right):
        if _key(left[here]) == _key(right[there]):
            yield alone, other, left[here], right[there]
            here, there = here + 1, there + 1
            continue
        ahead = {_key(op): at for at, op in reversed(list(enumerate(right[there:], there)))}
        meeting = next((at for at in range(here, len(left)) if _key(left[at]) in ahead), len(left))
        if meeting == len(left):
            break
        stop = ahead[_key(left[meeting])]
        alone, other = left[here:meeting], right[there:stop]
        here, there = meeting, stop
    if here < len(left) or there < len(right):
        yield left[here:], right[there:], None, None


def _key(op: Op) -> tuple[object, ...]:
    return op.name, op.place.line() if op.place else (), op.module.path if op.module else ""
