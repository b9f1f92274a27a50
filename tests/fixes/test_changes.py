"""By how much a fix changes the output is measured on the same weights, and only where there are numbers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from shapedoc.client.process import Worker
from shapedoc.core.request import Engine, Request
from shapedoc.fixes._changes import change_of_output
from shapedoc.trace.attempts import Case, planned
from shapedoc.trace.execution import Run

from .test_generators import HEAD, MISTAKES

SAMPLES = Path(__file__).parents[2] / "samples"


class Net(nn.Module):
    """Two layers, of which `scale` multiplies what comes in between."""

    def __init__(self, scale: float = 1.0, width: int = 4) -> None:
        super().__init__()
        self.scale = scale
        self.first, self.last = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.last(self.first(x) * self.scale)


class WithZeros(Net):
    """One whose last layer begins with zeros, as in many a residual block."""

    def __init__(self, scale: float) -> None:
        super().__init__(scale)
        nn.init.zeros_(self.last.weight)


class WithTable(Net):
    """One with numbers in it that are not learned."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.register_buffer("table", torch.full((4,), scale))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) * self.table


class Drawing(Net):
    """One that draws numbers before it makes its weights."""

    def __init__(self) -> None:
        torch.rand(7)
        super().__init__()


def run_of(make: Callable[[], nn.Module], world: str = "real", width: int = 4) -> Run:
    return Case(make, planned((torch.ones(3, width),), {})).once(world)


def test_weights_made_in_another_order_are_the_same() -> None:
    assert change_of_output(run_of(Net), run_of(Drawing)) == 0.0


@pytest.mark.parametrize("kind", [Net, WithZeros, WithTable])
def test_what_changes_shows(kind: Callable[[float], nn.Module]) -> None:
    change = change_of_output(run_of(lambda: kind(1.0)), run_of(lambda: kind(2.0)))
    assert change is not None and 0.01 < change <= 1.0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (run_of(Net, "shape"), run_of(Net)),
        (run_of(lambda: Net(width=5)), run_of(Net)),
        (run_of(Net), run_of(lambda: Net(width=5), width=5)),
    ],
    ids=["no numbers", "a crash", "other weights"],
)
def test_nothing_is_said_where_nothing_can_be_compared(before: Run, after: Run) -> None:
    assert change_of_output(before, after) is None


def proofs(worker: Worker, path: Path, engine: Engine, *inputs: str) -> list[str]:
    report = worker.run(Request(str(path), engine=engine, inputs=inputs))
    found = [fix.proof for finding in report.findings for fix in finding.fixes]
    assert found
    return found


def test_the_proof_of_a_silent_fix_has_the_figure(worker: Worker) -> None:
    sample = SAMPLES / "permute_on_its_own_line" / "buggy.py"
    told = re.search(r"differs by ([\d.]+) of", proofs(worker, sample, Engine.REAL)[0])
    assert told and 0.0 < float(told[1]) <= 2.0
    assert "weights" not in proofs(worker, sample, Engine.SHAPE)[0]


def test_a_fix_of_what_does_not_run_is_said_to_change_nothing(worker: Worker, tmp_path: Path) -> None:
    inputs, body, _ = MISTAKES["the scale of a branch that is not taken"]
    path = tmp_path / "net.py"
    path.write_text(HEAD + textwrap.dedent(body).lstrip())
    assert "is the same" in proofs(worker, path, Engine.REAL, inputs)[0]


def test_of_a_crash_there_is_nothing_to_compare(worker: Worker) -> None:
    sample = SAMPLES / "skip_of_odd_size" / "buggy.py"
    assert all("weights" not in proof for proof in proofs(worker, sample, Engine.REAL))
