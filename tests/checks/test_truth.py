"""Rules and values agree: what a rule says of a model is what the real engine says.

Of 200 random models, right and wrong: SD201 names the reshapes that tear the coordinates of the elements, and
SD203 is found where, and only where, samples have gradients with respect to one another. After a torn reshape
no axis is what it was, so mixing that a tear brings about is the tear's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from shapedoc.checks import findings_in
from shapedoc.core.report import Size, Target
from shapedoc.core.specs import InputSpec
from shapedoc.session import conclude
from shapedoc.trace.attempts import Case
from shapedoc.trace.inputs.plan import Item, Plan
from shapedoc.trace.layouts import canonical, follow
from shapedoc.trace.probing import probes
from tests.checks.truth.coordinates import RESHAPES, Coordinates
from tests.checks.truth.gradients import mixes
from tests.checks.truth.models import drawn

SEEDS = range(200)
NAMES = {3: "b t d", 4: "b c h w", 5: "b c t h w"}


@dataclass(frozen=True)
class Said:
    """What the rules say: for every reshape whether it is torn at these sizes, and all codes at any."""

    torn: list[bool]
    codes: set[str]


def said(model: nn.Module, x: Tensor) -> Said:
    dims = tuple(Size(size, name) for size, name in zip(x.shape, NAMES[x.ndim].split(), strict=True))
    run = Case(lambda: model, lambda _: Plan((Item("x", InputSpec(dims), "given"),))).once("shape")
    assert run.error is None, run.error
    assert not follow(run.trace)
    here = findings_in(run)
    torn = {finding.step for finding in here if finding.code == "SD201"}
    reshapes = [op.index for op in run.trace.ops if canonical(op.name) in RESHAPES]
    elsewhere = conclude(Target("model"), run, 0.0, probes(run)).findings
    return Said([index in torn for index in reshapes], {finding.code for finding in elsewhere})


def true_tears(model: nn.Module, x: Tensor) -> list[bool]:
    with torch.no_grad(), Coordinates(x) as seen:
        model(x)
    return seen.torn


@pytest.mark.parametrize("seed", SEEDS)
def test_rules_say_what_the_values_say(seed: int) -> None:
    model, x = drawn(seed)
    rules, torn, mixed = said(model, x), true_tears(model, x), mixes(model, x)
    assert rules.torn == torn
    assert "SD203" not in rules.codes or mixed
    assert not mixed or rules.codes & {"SD201", "SD203"}


def test_the_models_are_right_and_wrong_in_many_ways() -> None:
    tears = [any(true_tears(*drawn(seed))) for seed in SEEDS]
    assert 40 < sum(tears) < 160
    assert {type(model.layers[0]) for model, _ in map(drawn, SEEDS)} == {
        nn.LSTM,
        nn.GRU,
        nn.Conv2d,
        nn.Linear,
    }


class Calls(nn.Module):
    """A function of a model and its input, with a table and a norm for it."""

    def __init__(self, function: Callable[[Calls, Tensor], Tensor]) -> None:
        super().__init__()
        self.function, self.table, self.norm = function, nn.Parameter(torch.rand(16, 4)), nn.BatchNorm1d(4)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self, x)


# Where rule and gradients part on purpose: the model, whether SD203 is found, whether samples mix, and why.
PARTINGS = {
    "a table indexed by the batch: what a sample gets hangs on its place in it, though on no other sample": (
        lambda m, x: x + m.table[: x.shape[0], None],
        True,
        False,
    ),
    "a norm over the batch, which is what it is for": (
        lambda m, x: F.batch_norm(x.mT, None, None, training=True).mT,
        False,
        True,
    ),
    "the mean sample taken off, which is a norm by hand": (lambda m, x: x - x.mean(0, True), False, True),
    "similarities of samples, for a loss that contrasts them": (
        lambda m, x: x.mean(1) @ x.mean(1).T,
        False,
        True,
    ),
    "a pool of the tokens of all samples, of which an expert takes those it likes best": (
        lambda m, x: (x.flatten(0, 1) * x.flatten(0, 1).mean(1).softmax(0)[:, None]).view(x.shape),
        False,
        True,
    ),
}


@pytest.mark.parametrize("why", PARTINGS)
def test_where_rule_and_values_part_it_is_meant(why: str) -> None:
    function, found, mixed = PARTINGS[why]
    model, x = Calls(function), torch.rand(3, 5, 4)
    assert ("SD203" in said(model, x).codes, mixes(model, x)) == (found, mixed)
