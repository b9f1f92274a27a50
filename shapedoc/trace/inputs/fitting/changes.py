"""What answers a complaint: one function for each kind, each giving plans, the likeliest first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from torch import nn

from shapedoc.core.report import Size
from shapedoc.core.specs import InputSpec
from shapedoc.trace.inputs import signature
from shapedoc.trace.inputs.fitting.complaints import Complaint, Kind
from shapedoc.trace.inputs.fitting.sizing import resize
from shapedoc.trace.inputs.fitting.solving import multiples
from shapedoc.trace.inputs.fitting.trials import Trial, knobs, moves, plan_sizes
from shapedoc.trace.inputs.inference.hints import LAYOUTS, Dims, axes, canonical
from shapedoc.trace.inputs.inference.infer import planned
from shapedoc.trace.inputs.inference.sizes import free_size
from shapedoc.trace.inputs.plan import Item, Plan
from shapedoc.trace.inputs.trees import leaves, mapped

# Sides and lengths that models are commonly built for, tried when an error does not say what it wants.
STANDARD = {("h", "w"): (256, 384, 512, 128, 64), ("t",): (16, 64, 128, 512), ("n",): (64, 256, 1024)}
LENGTHS = ("t", "s", "u", "n")

Change = Callable[[Complaint, Trial, Sequence[Trial]], Iterator[Plan]]


def divide(complaint: Complaint, trial: Trial, trials: Sequence[Trial]) -> Iterator[Plan]:
    """Turn the knob that must be a multiple; any knob where the text does not name the size."""
    for knob in knobs(trial.plan):
        size = knob.size(trial.plan)
        if size % complaint.expected and complaint.found in (0, size):
            for multiple in multiples(size, complaint.expected):
                yield knob.turned(trial.plan, multiple)


def grow(complaint: Complaint, trial: Trial, trials: Sequence[Trial]) -> Iterator[Plan]:
    """Double what there is."""
    for knob in knobs(trial.plan):
        yield knob.turned(trial.plan, 2 * knob.size(trial.plan))


def rerank(complaint: Complaint, trial: Trial, trials: Sequence[Trial]) -> Iterator[Plan]:
    """Give an input another number of dimensions."""
    plan = trial.plan
    direct = complaint.found in (0, *(len(spec.dims) for spec in plan.specs()))
    for item, spec in _specs(plan):
        rank = len(spec.dims)
        wanted = _wanted(complaint, rank, spec) if complaint.found in (0, rank) or not direct else ()
        if wanted and rank != len(wanted):
            after = replace(spec, dims=_sized(wanted, spec, plan))
            free = {canonical(dim.name): 1 for dim in wanted if not dim.size}
            yield replace(_with_spec(plan, item, spec, after), free={**free, **plan.free})


def _wanted(complaint: Complaint, rank: int, spec: InputSpec) -> Dims:
    """The layout asked for; one or more dimensions fewer where the model adds them itself."""
    added = complaint.found - rank if complaint.found else 0
    if complaint.hint and not added:
        return complaint.hint.dims
    return _layout(spec, complaint.expected - added)


def _layout(spec: InputSpec, rank: int) -> Dims:
    """The customary layout of a rank; one number for each sample becomes one feature."""
    return (*spec.dims, Size(1)) if len(spec.dims) == 1 and rank == 2 else axes(LAYOUTS.get(rank, ""))


def _sized(dims: Dims, spec: InputSpec, plan: Plan) -> Dims:
    """Dimensions at the sizes of the same axes before; features stay what they were."""
    before = plan_sizes(plan) | {"d": spec.dims[-1].size if spec.dims else 0}
    names = [canonical(dim.name) for dim in dims]
    sizes = [
        dim.size or before.get(name) or free_size(name, before.values())
        for dim, name in zip(dims, names, strict=True)
    ]
    return tuple(replace(dim, size=size) for dim, size in zip(dims, sizes, strict=True))


def retype(complaint: Complaint, trial: Trial, trials: Sequence[Trial]) -> Iterator[Plan]:
    """Give an input of another dtype the one that is wanted."""
    dtype = complaint.names[0]
    for item, spec in _specs(trial.plan):
        if (spec.dtype or "") != dtype:
            bounds = (0, complaint.expected or 2) if dtype == "int64" else (None, None)
            yield _with_spec(trial.plan, item, spec, InputSpec(spec.dims, dtype or None, *bounds))


def rebound(complaint: Complaint, trial: Trial, trials: Sequence[Trial]) -> Iterator[Plan]:
    """Keep positions, and then integers, below the size of their table."""
    for knob in knobs(trial.plan):
        if knob.axes[0] in LENGTHS and knob.size(trial.plan) > complaint.expected > 1:
            yield knob.turned(trial.plan, complaint.expected)
    for item, spec in _specs(trial.plan):
        if spec.high is not None and spec.high > complaint.expected:
            low = min(spec.low or 0, complaint.expected - 1)
            yield _with_spec(trial.plan, item, spec, replace(spec, low=low, high=complaint.expected))


def added(trial: Trial, model: nn.Module) -> Iterator[Plan]:
    """Feed a parameter whose default does not do."""
    plan = trial.plan
    fed = {item.name for item in plan.items}
    parameters = {p.name: p for p in signature.parameters(model) if p.name not in fed}
    for name in trial.failure.asked_for([name for name in parameters if not name.endswith("kwargs")]):
        more = planned(model, [parameters[name]], settled=plan.axes(), dtype=plan.dtype)
        items = tuple(replace(item, positional=False) for item in more.items)
        yield replace(plan, items=plan.items + items, free={**more.free, **plan.free})


def standard_sizes(trial: Trial, trials: Sequence[Trial]) -> Iterator[Plan]:
    """Sizes that models are commonly built for, for axes that may have to do with the failure."""
    for knob in knobs(trial.plan):
        if all(moves(knob, complaint, trial, trials) for complaint in trial.complaints):
            for size in STANDARD.get(knob.axes, ()):
                yield knob.turned(trial.plan, size)


def _specs(plan: Plan) -> list[tuple[Item, InputSpec]]:
    return [(item, spec) for item in plan.items for spec in dict.fromkeys(leaves(item.tree))]


def _with_spec(plan: Plan, item: Item, before: InputSpec, after: InputSpec) -> Plan:
    """The plan with one spec of one item, wherever it stands in it, put for another."""
    tree = mapped(item.tree, lambda spec: after if spec == before else spec)
    return replace(plan, items=tuple(replace(i, tree=tree) if i is item else i for i in plan.items))


CHANGES: Mapping[Kind, Change] = {
    Kind.SIZE: resize,
    Kind.MULTIPLE: divide,
    Kind.SMALL: grow,
    Kind.RANK: rerank,
    Kind.DTYPE: retype,
    Kind.RANGE: rebound,
}
