"""The side of guessed images, where a flattened layer shows that the guess was wrong.

`x.view(-1, 16 * 16 * 16)` takes images of 224 without complaint and returns more rows than there are
samples: it was written for images of 32.

>>> from torch import nn
>>> import shapedoc
>>> class Net(nn.Module):
...     def __init__(self):
...         super().__init__()
...         self.conv, self.fc = nn.Conv2d(3, 16, 2, stride=2), nn.Linear(16 * 16 * 16, 10)
...     def forward(self, x):
...         return self.fc(self.conv(x).view(-1, 16 * 16 * 16))
>>> str(shapedoc.trace(Net()).inputs[0].value)
'x[b=2 c=3 h=32 w=32]'
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.trace.execution import Run

SIDES = (32, 28, 64, 96, 128, 256)  # of the data that small models are written for


def with_fitting_side(finished: Run) -> Run:
    """The run, or one with images of another side that keeps samples apart."""
    if not _is_guessed(finished) or not _mixes_samples(finished):
        return finished
    return next((run for run in _others(finished) if run.error is None and not _mixes_samples(run)), finished)


def _is_guessed(run: Run) -> bool:
    plan = run.plan
    return plan is not None and plan.inferred and run.error is None and {"b", "h", "w"} <= plan.axes().keys()


def _mixes_samples(run: Run) -> bool:
    """Whether what comes out has rows, and not one for each sample."""
    assert run.plan is not None
    outputs = run.trace.modules[0].outputs if run.trace.modules else ()
    rows = [var.shape[0] for var in outputs if len(var.shape) > 1]
    return bool(rows) and run.plan.axes()["b"] not in rows


def _others(run: Run) -> Iterator[Run]:
    assert run.plan is not None and run.repeat is not None
    for side in SIDES:
        yield run.repeat(run.plan.at({"h": side, "w": side}))
