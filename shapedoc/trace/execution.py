"""Building and running one model under the engine, in the world that was asked for.

>>> from shapedoc.trace.inputs import ordinary, plan_inputs
>>> engine = engine_for("shape")
>>> model = build(engine, lambda: nn.Linear(8, 4))
>>> finished = run(engine, model, plan_inputs(model).make(ordinary))
>>> [(op.name, op.outputs.shape) for op in finished.trace.ops]
[('linear', (2, 4))]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from shapedoc.core.axes import Axis, Kind, layout_of
from shapedoc.core.ending import TimeUp
from shapedoc.core.progress import Phase, Progress, Watch
from shapedoc.core.report import Input, Size
from shapedoc.trace.engine import Args, Engine, Kwargs, NeedsValue, World
from shapedoc.trace.faults import refuse, refuse_index
from shapedoc.trace.hooks import building, running
from shapedoc.trace.inputs import ModelInputs, Plan
from shapedoc.trace.real import Real
from shapedoc.trace.recorder import Recorder, Trace, unwatched
from shapedoc.trace.remembered import Results, tensors_in
from shapedoc.trace.reproducible import the_same_chance
from shapedoc.trace.shapes import SMALL, Shapes, meta_like

if TYPE_CHECKING:
    from shapedoc.trace.backward import Breach
    from shapedoc.trace.parting import Parting
    from shapedoc.trace.weights import Misfit

WORLDS: dict[str, Callable[[Results], World]] = {
    "shape": partial(Shapes, refuse, refuse_index),
    "real": lambda results: Real(refuse, refuse_index),
}


@dataclass
class Run:
    """One pass of a model, and the exception that ended it early, if one did.

    `model` is None where building it raised; else `repeat` runs it again, with the inputs of another plan.
    """

    trace: Trace
    world: World
    model: nn.Module | None = None
    error: BaseException | None = None
    inputs: tuple[Input, ...] = ()
    notes: list[str] = field(default_factory=list)
    plan: Plan | None = None
    repeat: Callable[[Plan], Run] | None = None
    watch: Watch = unwatched
    breaches: tuple[Breach, ...] = ()  # of custom backwards, where they were looked at
    misfits: tuple[Misfit, ...] = ()  # with a checkpoint, where one is named
    partings: tuple[Parting, ...] = ()  # of flags, where they were tried both ways
    ranks: tuple[int, ...] = ()  # tensor-parallel degrees that are asked about

    @property
    def wants_value(self) -> bool:
        """Whether it ended because shapes alone do not give a value that the model asked for."""
        return isinstance(self.error, NeedsValue)

    @property
    def weight(self) -> int:
        """Bytes of the parameters, had they been allocated."""
        return (
            sum(param.numel() * param.element_size() for param in self.model.parameters())
            if self.model
            else 0
        )


def engine_for(world: str, watch: Watch | None = None, results: Results | None = None) -> Engine:
    """An engine with nothing recorded yet, that may know what calls gave in runs before."""
    return Engine(WORLDS[world](Results() if results is None else results), Recorder(watch))


def build(engine: Engine, make: nn.Module | Callable[[], nn.Module]) -> nn.Module:
    """Construct a model; one that is there already is itself."""
    if isinstance(make, nn.Module):
        return make
    engine.building = True
    try:
        with the_same_chance(), building(engine):
            return make()
    finally:
        engine.building = False


def run(engine: Engine, model: nn.Module, inputs: ModelInputs) -> Run:
    """Run a model once, from an empty record."""
    recorder = engine.recorder = Recorder(engine.recorder.watch)
    recorder.know(model)
    args, kwargs = placed(engine.world, inputs.args), placed(engine.world, inputs.kwargs)
    _name_inputs(recorder, args, kwargs, inputs.described)
    finished = Run(recorder.trace, engine.world, model, inputs=inputs.described)
    recorder.watch(Progress(Phase.RUN))
    try:
        with torch.no_grad(), the_same_chance(), running(engine):
            model(*args, **kwargs)
    except (Exception, SystemExit, TimeUp) as error:
        finished.error = error
    return finished


@contextmanager
def in_mode(model: nn.Module, train: bool) -> Iterator[None]:
    """The model in training or evaluation mode, each of its modules put back afterwards."""
    before = {module: module.training for module in model.modules()}
    model.train(train)
    try:
        yield
    finally:
        for module, training in before.items():
            module.training = training


def placed(world: World, value: Any) -> Any:
    """Inputs where the world wants them: on shapes, floating tensors lose their values."""
    if isinstance(value, torch.Tensor):
        keeps = world.name == "real" or (not value.is_floating_point() and value.numel() <= SMALL)
        return value if keeps else meta_like(value)
    if type(value) in (list, tuple):
        return type(value)([placed(world, item) for item in value])
    if isinstance(value, dict):
        return type(value)({key: placed(world, item) for key, item in value.items()})
    return value


def _name_inputs(recorder: Recorder, args: Args, kwargs: Kwargs, described: tuple[Input, ...]) -> None:
    """Give every input tensor a leaf with its name, and axes with the names that were given.

    Axes of one name and size are one axis in all inputs, though not within one.
    """
    shared: dict[tuple[Size, int], Axis] = {}
    for tensor, known in zip(tensors_in((args, kwargs)), described, strict=True):
        dims = known.value.dims
        keys = [(dim, dims[:index].count(dim)) for index, dim in enumerate(dims)]
        recorder.leaf(tensor, known.value.name).layout = layout_of(*(_axis(key, shared) for key in keys))


def _axis(key: tuple[Size, int], shared: dict[tuple[Size, int], Axis]) -> Axis:
    dim = key[0]
    axis = Axis(dim.size, dim.name, _kind(dim.name))
    return shared.setdefault(key, axis) if dim.name else axis


def _kind(name: str) -> Kind:
    """What the customary letter of an input axis counts."""
    return {"b": Kind.BATCH, "c": Kind.FEATURE, "d": Kind.FEATURE}.get(
        name, Kind.TOKEN if name else Kind.UNKNOWN
    )
