"""One entry of the zoo through the tool, beside what a bare pass on meta costs in the same process.

>>> from tests.bench.models import entries
>>> row = measured_entry(entries("x_transformers", ["ViTransformerWrapper"])[0], probe=False)
>>> row.verdict, row.engine, row.attention_calls
('traced', 'shape', 6)
"""

from __future__ import annotations

import gc
from dataclasses import dataclass

import shapedoc
from shapedoc.checks import findings_in
from shapedoc.core.report import Finding, Report, Stop
from shapedoc.trace.attempts import planned
from shapedoc.trace.execution import build, engine_for, in_mode, run
from shapedoc.trace.inputs import ordinary
from shapedoc.trace.layouts import follow

from .baseline import Cost, built_on_meta, forward, measured, on_meta, quiet_and_reproducible
from .isolate import isolated
from .models import Entry

RESHAPES = {
    "view",
    "reshape",
    "flatten",
    "unflatten",
    "rearrange",
    "reduce",
    "repeat",
    "view_as",
    "pixel_shuffle",
}
ATTENTION = {"scaled_dot_product_attention", "multi_head_attention_forward", "softmax"}
NOTHING = Cost()
REPEATS = 2  # passes of each kind; the faster one counts


@dataclass(frozen=True)
class Row:
    """What the tool said of one model, and what its pass cost. Ratios are 0 where nothing can be compared."""

    name: str
    package: str
    scale: str
    verdict: str
    engine: str = ""
    why: str = ""
    findings: tuple[str, ...] = ()
    steps: int = 0
    reshapes: int = 0
    attention_calls: int = 0
    whole: Cost = NOTHING  # building, the passes it took, following the axes, the checks
    built_bare: Cost = NOTHING
    built: Cost = NOTHING
    bare: Cost = NOTHING
    traced: Cost = NOTHING
    followed: Cost = NOTHING  # the axes through that pass, and the checks of it

    @property
    def ratio(self) -> float:
        """The traced pass to the bare one."""
        return self.traced.seconds / self.bare.seconds if self.bare.seconds else 0.0

    @property
    def whole_ratio(self) -> float:
        """All the tool does to building on meta and one bare pass."""
        bare = self.built_bare.seconds + self.bare.seconds
        return self.whole.seconds / bare if self.bare.seconds else 0.0


def trace_entry(entry: Entry, probe: bool) -> Report:
    """The one place that knows how the tool is called."""
    args, kwargs = entry.inputs()
    return shapedoc.trace(entry.build, *args, engine="auto", probe=probe, **kwargs)


def measured_entry(entry: Entry, probe: bool, timeout: float = 300.0) -> Row:
    """The entry in a process of its own; a process that ends badly is an incomplete trace."""
    if entry.missing:
        return Row(entry.name, entry.package, entry.scale, "missing package", why=entry.missing)
    outcome = isolated(lambda: _measure(entry, probe), timeout)
    if outcome.error:
        return Row(entry.name, entry.package, entry.scale, "incomplete", why=outcome.error)
    row: Row = outcome.value
    return row


def _measure(entry: Entry, probe: bool) -> Row:
    quiet_and_reproducible()
    gc.freeze()  # as before every model: else a look at all that was imported falls on any of the figures
    costs = _bare_costs(entry) | _traced_costs(entry)
    quiet_and_reproducible()
    report, whole = measured(lambda: trace_entry(entry, probe))
    return Row(
        entry.name,
        entry.package,
        entry.scale,
        _verdict(entry, report),
        report.engine,
        _why(report.stopped),
        tuple(_sentence(finding) for finding in report.findings),
        len(report.steps),
        sum(step.op in RESHAPES for step in report.steps),
        sum(step.op in ATTENTION for step in report.steps),
        whole,
        **costs,
    )


def _bare_costs(entry: Entry) -> dict[str, Cost]:
    """Building on meta and a pass there; nothing where the model cannot do that."""
    try:
        model, built = measured(lambda: built_on_meta(entry.build))
        inputs = on_meta(entry.inputs())
        forward(model, inputs)  # the first pass of a process also fills torch's own caches
        costs = [measured(lambda: forward(model, inputs))[1] for _ in range(REPEATS)]
        return {"built_bare": built, "bare": min(costs, key=_seconds)}
    except Exception:
        return {}


def _traced_costs(entry: Entry) -> dict[str, Cost]:
    """Building and a pass under an engine of its own, on shapes, without axes and checks."""
    try:
        costs = [_built_and_traced(entry) for _ in range(REPEATS)]
    except Exception:
        return {}
    names = ("built", "traced", "followed")
    return {name: min(them, key=_seconds) for name, them in zip(names, zip(*costs, strict=True), strict=True)}


def _built_and_traced(entry: Entry) -> tuple[Cost, Cost, Cost]:
    engine = engine_for("shape")
    args, kwargs = entry.inputs()
    model, built = measured(lambda: build(engine, entry.build))
    inputs = planned(args, kwargs)(model).make(ordinary)
    with in_mode(model, False):
        finished, traced = measured(lambda: run(engine, model, inputs))
    if finished.error:
        raise finished.error
    _, followed = measured(lambda: (follow(finished.trace), findings_in(finished)))
    return built, traced, followed


def _seconds(cost: Cost) -> float:
    return cost.seconds


def _verdict(entry: Entry, report: Report) -> str:
    found = {finding.code for finding in report.findings}
    if found - entry.faults.keys():
        return "finding"
    if report.stopped and entry.runs:
        return "incomplete"
    if entry.faults:
        return "known fault found" if found else "known fault missed"
    return "traced"


def _why(stopped: Stop | None) -> str:
    if stopped is None:
        return ""
    place = f" at step {stopped.step}" if stopped.step is not None else ""
    return f"{stopped.reason.value}{place}: {stopped.message.splitlines()[0][:160]}"


def _sentence(finding: Finding) -> str:
    return f"{finding.code} {finding.span}: {finding.message}"
