"""Turning an axis of the inputs until a size inside the model is the one wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from shapedoc.trace.inputs.fitting.complaints import Complaint, Kind
from shapedoc.trace.inputs.fitting.solving import Sample, exact, guess, multiples, same, secant
from shapedoc.trace.inputs.fitting.trials import Knob, Trial, knobs, moves, plan_sizes, samples
from shapedoc.trace.inputs.plan import Plan

Strategy = Callable[[Sequence[Sample], int, int], Iterator[int]]


def resize(complaint: Complaint, trial: Trial, trials: Sequence[Trial]) -> Iterator[Plan]:
    """Turn the knob that is the size found."""
    return _turned(same, complaint, trial, trials)


def scale(trial: Trial, trials: Sequence[Trial]) -> Iterator[Plan]:
    """Turn a knob that the size found is a multiple, a fraction or a power of."""
    for complaint in _wanted(trial):
        yield from _turned(exact, complaint, trial, trials)


def approach(trial: Trial, trials: Sequence[Trial]) -> Iterator[Plan]:
    """Turn a knob towards a size expected that no knob gives exactly."""
    for complaint in _wanted(trial):
        yield from _turned(secant, complaint, trial, trials)
        yield from _turned(guess, complaint, trial, trials)


def _wanted(trial: Trial) -> Iterator[Complaint]:
    """The sizes wanted; a divisor wants those near by that it divides."""
    for complaint in trial.complaints:
        if complaint.kind is Kind.SIZE:
            yield complaint
        elif complaint.kind is Kind.MULTIPLE and complaint.found:
            for size in multiples(complaint.found, complaint.expected):
                yield Complaint(Kind.SIZE, complaint.found, size)


def _turned(
    strategy: Strategy, complaint: Complaint, trial: Trial, trials: Sequence[Trial]
) -> Iterator[Plan]:
    rows = plan_sizes(trial.plan).get("b", 1) if "b" in complaint.names else 1
    for knob in _knobs(strategy, trial):
        if moves(knob, complaint, trial, trials):
            seen = [replace(one, found=one.found // rows) for one in samples(knob, complaint, trial, trials)]
            for size in strategy(seen, complaint.expected, knob.power):
                yield knob.turned(trial.plan, size)


def _knobs(strategy: Strategy, trial: Trial) -> list[Knob]:
    """A number of channels is right or wrong: there is nothing to approach."""
    approaching = strategy in (secant, guess)
    return [knob for knob in knobs(trial.plan) if not (approaching and knob.features)]
