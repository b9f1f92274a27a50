"""Plans that failed, and what they tell together: which axes a complaint depends on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shapedoc.trace.inputs.fitting.complaints import Complaint, Kind
from shapedoc.trace.inputs.fitting.failure import Failure
from shapedoc.trace.inputs.fitting.solving import Sample
from shapedoc.trace.inputs.inference.hints import canonical
from shapedoc.trace.inputs.plan import Plan
from shapedoc.trace.inputs.trees import resized

ELEMENTS = 2**24  # of one input
FEATURES = ("c", "d", "m")


@dataclass(frozen=True)
class Trial:
    """A plan, its failure, and what the failure asks for."""

    plan: Plan
    failure: Failure
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True)
class Knob:
    """Axes that are turned together; what is seen inside grows with their size to this power."""

    axes: tuple[str, ...]
    power: int = 1

    @property
    def features(self) -> bool:
        """Whether it is the number of channels or features."""
        return self.axes[0] in FEATURES

    def size(self, plan: Plan) -> int:
        return plan_sizes(plan)[self.axes[0]]

    def turned(self, plan: Plan, size: int) -> Plan:
        """The plan with these axes at another size."""
        names = self.axes
        return plan.mapped(
            lambda spec: resized(spec, lambda dim: size if canonical(dim.name) in names else dim.size)
        )


def plan_sizes(plan: Plan) -> dict[str, int]:
    """Every axis of a plan by its canonical name."""
    return {canonical(name): size for name, size in plan.axes().items()}


def knobs(plan: Plan) -> list[Knob]:
    """What may be turned: features alone, sides together as an area or a length, then each axis alone."""
    sizes = plan_sizes(plan)
    free = [axis for axis in sizes if axis in plan.free and axis != "b"]
    single = [Knob((axis,)) for axis in free]
    square = {"h", "w"} <= set(free) and sizes["h"] == sizes["w"]
    sides = [Knob(("h", "w"), 2), Knob(("h", "w"))] if square else []
    return sorted((*sides, *single), key=lambda knob: not knob.features)


def moves(knob: Knob, complaint: Complaint, trial: Trial, trials: Sequence[Trial]) -> bool:
    """Whether a knob may have to do with a complaint: turned before, it would have changed it."""
    size = knob.size(trial.plan)
    others = [other for other in trials if set(knob.axes) <= plan_sizes(other.plan).keys()]
    return not any(
        (seen.kind, seen.found) == (complaint.kind, complaint.found) and knob.size(other.plan) != size
        for other in others
        for seen in other.complaints
    )


def samples(knob: Knob, complaint: Complaint, trial: Trial, trials: Sequence[Trial]) -> list[Sample]:
    """Sizes of a knob and what they gave, for complaints that want the same; this trial's own comes last."""
    others = [
        other for other in trials if other is not trial and set(knob.axes) <= plan_sizes(other.plan).keys()
    ]
    same = [
        Sample(knob.size(other.plan), seen.found)
        for other in others
        for seen in other.complaints
        if (seen.kind, seen.expected) == (complaint.kind, complaint.expected)
    ]
    return [*same, Sample(knob.size(trial.plan), complaint.found)]


def allowed(plan: Plan, trials: Sequence[Trial]) -> bool:
    """Whether a plan is new, of a bearable size, and fits the divisors that are known or were asked for.

    An axis of the size of the batch would fit by coincidence where another is at fault.
    """
    sizes = plan_sizes(plan)
    elements = max((math.prod(dim.size for dim in spec.dims) for spec in plan.specs()), default=0)
    return (
        0 < elements <= ELEMENTS
        and not any(trial.plan.items == plan.items for trial in trials)
        and not any(sizes.get(axis, 0) % of for axis, of in (*plan.free.items(), *_asked(trials)))
        and not any(knob.size(plan) == sizes.get("b") for knob in knobs(plan) if not knob.features)
    )


def _asked(trials: Sequence[Trial]) -> Iterator[tuple[str, int]]:
    for trial in trials:
        for seen in trial.complaints:
            if seen.kind is Kind.MULTIPLE:
                yield from (
                    (axis, seen.expected)
                    for axis, size in plan_sizes(trial.plan).items()
                    if size == seen.found
                )
