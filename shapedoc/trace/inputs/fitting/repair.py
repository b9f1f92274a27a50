"""The next inputs to try after a failed run, for inputs that were inferred.

Only axes that nothing pins are changed. Every plan carries the trials that led to it, so that nothing
is tried twice and two failures can be compared; the trial that came furthest is built upon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from torch import nn

from shapedoc.trace.inputs.fitting.changes import CHANGES, added, standard_sizes
from shapedoc.trace.inputs.fitting.failure import Failure
from shapedoc.trace.inputs.fitting.sizing import approach, scale
from shapedoc.trace.inputs.fitting.trials import Trial, allowed
from shapedoc.trace.inputs.plan import Plan

TRIES = 12


def repair(plan: Plan, failure: Failure, model: nn.Module) -> Plan | None:
    """Another plan, or None when nothing is left to try. Inputs that somebody gave are never changed."""
    trials = _with(plan, failure)
    if not plan.inferred or len(trials) >= TRIES:
        return None
    for trial in _furthest_first(trials):
        for candidate in _proposals(trial, trials, model):
            if allowed(candidate, trials):
                return replace(candidate, trials=trials)
    return None


def fitted(
    plan: Plan, model: nn.Module, run: Callable[[Plan], Failure | None]
) -> tuple[Plan, Failure | None]:
    """Run and repair until a plan runs to the end; else the first that came furthest, with its failure."""
    while (failure := run(plan)) is not None:
        following = repair(plan, failure, model)
        if following is None:
            furthest = max(_with(plan, failure), key=lambda trial: trial.failure.steps)
            return furthest.plan, furthest.failure
        plan = following
    return plan, None


def _with(plan: Plan, failure: Failure) -> tuple[Trial, ...]:
    return (*plan.trials, Trial(replace(plan, trials=()), failure, failure.complaints()))


def _furthest_first(trials: tuple[Trial, ...]) -> list[Trial]:
    """Of those that came equally far, the latest first."""
    order = sorted(range(len(trials)), key=lambda index: (trials[index].failure.steps, index), reverse=True)
    return [trials[index] for index in order]


def _proposals(trial: Trial, trials: tuple[Trial, ...], model: nn.Module) -> Iterator[Plan]:
    yield from added(trial, model)
    for complaint in trial.complaints:
        yield from CHANGES[complaint.kind](complaint, trial, trials)
    yield from scale(trial, trials)
    yield from approach(trial, trials)
    if trial.failure.curable:
        yield from standard_sizes(trial, trials)
