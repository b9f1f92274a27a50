"""Running a model until its inputs fit, on shapes first and with numbers where a value is needed.

>>> finished = Case(lambda: nn.Sequential(nn.Flatten(), nn.Linear(48, 2))).attempt()
>>> finished.error, str(finished.inputs[0].value)
(None, 'input[b=2 d=48]')
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import nn

from shapedoc.core.ending import TimeUp
from shapedoc.core.errors import UserError
from shapedoc.core.progress import Phase, Progress, Watch
from shapedoc.core.request import Engine
from shapedoc.trace.engine import Engine as TraceEngine
from shapedoc.trace.engine import NeedsValue
from shapedoc.trace.execution import Run, build, engine_for, in_mode, run
from shapedoc.trace.inputs import Failure, Plan, fitted, floating_dtype, ordinary, plan_inputs, torch_dtype
from shapedoc.trace.inputs.naming import with_names
from shapedoc.trace.inputs.plan import Item
from shapedoc.trace.recorder import Trace, unwatched
from shapedoc.trace.remembered import Results
from shapedoc.trace.sides import with_fitting_side

REAL_BYTES = 2**30  # of parameters that may be allocated where values are needed

Planner = Callable[[nn.Module], Plan]


@dataclass(frozen=True)
class Case:
    """A model to run: what makes it, what plans its inputs, in which mode and dtype.

    `results` are of calls on shapes: a case that is made of another with `replace` knows them already.
    """

    make: nn.Module | Callable[[], nn.Module]
    planner: Planner = plan_inputs
    train: bool = False
    dtype: str = ""
    watch: Watch = field(default=unwatched)
    results: Results = field(default_factory=Results)

    def attempt(self, engine: Engine = Engine.AUTO) -> Run:
        """Build and run: on shapes, unless numbers were asked for or are needed and fit."""
        if engine is Engine.REAL:
            return self.once("real")
        finished = self.once("shape")
        if engine is Engine.SHAPE or not finished.wants_value or finished.weight > REAL_BYTES:
            return finished
        again = self.once("real")
        again.notes.append(f"run with numbers on the CPU, because {finished.error}")
        return again

    def once(self, world: str) -> Run:
        """Build and run in one world, with inferred inputs until they fit."""
        engine = engine_for(world, self.watch, self.results)
        self.watch(Progress(Phase.BUILD))
        try:
            model = build(engine, self.make)
        except UserError:
            raise
        except (Exception, SystemExit, TimeUp) as error:
            return Run(engine.recorder.trace, engine.world, error=error)
        if self.dtype:
            model.to(torch_dtype(self.dtype))
        return self._fit(engine, model)

    def _fit(self, engine: TraceEngine, model: nn.Module) -> Run:
        runs: list[Run] = []

        def repeat(plan: Plan) -> Run:
            with in_mode(model, self.train):
                again = run(engine, model, plan.make(_MAKERS[engine.world.name]))
            again.plan, again.repeat, again.watch = plan, repeat, self.watch
            return again

        def failure(plan: Plan) -> Failure | None:
            finished = repeat(plan)
            runs.append(finished)
            error = finished.error
            if not isinstance(error, Exception) or isinstance(error, NeedsValue):
                return None
            return Failure(error, len(finished.trace.ops))

        plan, failed = fitted(self.planner(model), model, failure)
        finished = next(again for again in reversed(runs) if again.plan and again.plan.items == plan.items)
        if failed and plan.inferred:
            finished.notes.append("the inputs were inferred: if they do not fit the model, give them with -i")
        return with_fitting_side(finished)


def _shaped(
    shape: tuple[int, ...], dtype: torch.dtype, low: float | None, high: float | None
) -> torch.Tensor:
    """A tensor without values if it carries data, with values if it may be an index or a mask."""
    if dtype.is_floating_point or dtype.is_complex:
        return torch.empty(shape, dtype=dtype, device="meta")
    return ordinary(shape, dtype, low, high)


_MAKERS = {"shape": _shaped, "real": ordinary}


def planned(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Planner:
    """The plan of inputs at hand."""

    def planner(model: nn.Module) -> Plan:
        if not args and not kwargs:
            return plan_inputs(model)
        items = [
            Item(name, value, "given") for name, value in zip(_names(model, len(args)), args, strict=True)
        ]
        items += [Item(name, value, "given", positional=False) for name, value in kwargs.items()]
        return with_names(Plan(tuple(items), floating_dtype(model)), model)

    return planner


def _names(model: nn.Module, count: int) -> list[str]:
    """Names for positional arguments, as `forward` has them."""
    parameters = inspect.signature(model.forward).parameters.values()
    known = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    return [known[index] if index < len(known) else f"input{index}" for index in range(count)]


def record(model: nn.Module, *args: Any, **kwargs: Any) -> Trace:
    """What a model does with these inputs, on shapes alone."""
    return Case(model, planned(args, kwargs)).once("shape").trace
