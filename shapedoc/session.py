"""One model from target to report: load, build, find inputs, run, check.

>>> import torch
>>> report = trace(torch.nn.Linear(8, 4), torch.ones(2, 6))
>>> [finding.code for finding in report.findings]
['SD101']
"""

from __future__ import annotations

import gc
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from shapedoc.checks import findings_in
from shapedoc.config.files import nearest_config
from shapedoc.config.filtering import Wanted
from shapedoc.config.settings import Config, load_config
from shapedoc.core.ending import TimeUp, reason_of, words_of
from shapedoc.core.errors import UserError
from shapedoc.core.ignores import is_ignored, unused
from shapedoc.core.merging import merged, with_probe
from shapedoc.core.progress import Phase, Progress, Watch
from shapedoc.core.report import Finding, Reason, Report, Stop, Target
from shapedoc.core.request import Engine, Request
from shapedoc.mending import Attempt, with_fixes
from shapedoc.trace.attempts import Case, planned
from shapedoc.trace.execution import Run
from shapedoc.trace.further import look_further
from shapedoc.trace.inputs import Asked, Plan, plan_inputs
from shapedoc.trace.layouts import follow
from shapedoc.trace.places import place_of_error
from shapedoc.trace.probing import Probe, in_words, probes
from shapedoc.trace.readings import may_be_turned, turned
from shapedoc.trace.recorder import unwatched
from shapedoc.trace.remarks import remarks_of
from shapedoc.trace.reporting import Reporter
from shapedoc.trace.standins import notes_of, standing_in, standins_in
from shapedoc.trace.standins.compilers import asleep
from shapedoc.trace.standins.known import Known
from shapedoc.trace.standins.settings import read_settings
from shapedoc.trace.target import Loaded, TargetSpec, load, parse_target

CRASHES = ("SD1", "SD4")  # rules of faults that stop a run


def trace(
    model: nn.Module | Callable[[], nn.Module],
    *inputs: Any,
    engine: str = "auto",
    train: bool = False,
    dtype: str = "",
    probe: bool = True,
    **named_inputs: Any,
) -> Report:
    """Run a model, or what makes one, on the shapes of `inputs`, in this process.

    `engine` is "shape" (data on the meta device), "real" (numbers on the CPU) or "auto": on shapes,
    and with numbers where a value is needed. Without inputs they are inferred. With `probe` the model
    also runs at other sizes, which shows what sizes that coincide hide. What the model raises is in the
    report.
    """
    started = time.perf_counter()
    finished = Case(model, planned(inputs, named_inputs), train, dtype).attempt(Engine(engine))
    name = type(finished.model).__name__ if finished.model else getattr(model, "__name__", "model")
    return conclude(Target(name, name), finished, started, probes(finished) if probe else ())


def prepare() -> None:
    """Import and read what every run needs, for forks to come: half of what a small model takes."""
    trace(nn.Linear(2, 2), torch.ones(1, 2))


def run(request: Request, watch: Watch) -> Report:
    """Do what a request of the command line asks."""
    started = time.perf_counter()
    try:
        watch(Progress(Phase.IMPORT))
        spec = parse_target(request.target)
        wanted = Wanted(request, _config(request, spec))
        with standing_in(read_settings(request.kernels, wanted.config.path)) as known:
            return _traced(wanted, spec, known, watch, started)
    except UserError as error:
        return Report(Target(request.target), stopped=Stop(Reason.TARGET, str(error)))


def _config(request: Request, spec: TargetSpec) -> Config:
    """The configuration of a request, whose faults are told before anything runs.

    A request that comes from a configuration has its rules already.
    """
    folder = Path(spec.path).resolve().parent if spec.path else Path.cwd()
    path = Path(request.config) if request.config else nearest_config(folder)
    config = load_config(path) if path else Config(folder)
    return Config(folder, path) if request.config else config


def _traced(wanted: Wanted, spec: TargetSpec, known: Known, watch: Watch, started: float) -> Report:
    request = wanted.request
    with asleep():
        loaded = load(spec)
    gc.freeze()  # what was imported stays: no collection need look at it
    case = _case(request, loaded, watch)
    finished = case.attempt(request.engine)
    watch(Progress(Phase.CHECK))
    look_further(request, loaded, case, finished)
    kind = type(finished.model).__name__ if finished.model else loaded.name
    finished.notes.extend(note for note in (loaded.note, *notes_of(known)) if note)
    others = probes(finished) if request.probe else ()
    report = conclude(Target(request.target, kind, loaded.path), finished, started, others)
    kept = wanted.of(report)
    again = partial(_again, request, spec, case, finished)
    mended = _mended(kept, finished, again, request.keeps) if request.fixes else kept
    return replace(mended, seconds=time.perf_counter() - started)


def _mended(report: Report, finished: Run, again: Attempt, keeps: Callable[[str], bool]) -> Report:
    """The report with fixes, or as it was where the time of the whole run is over before they are proven."""
    if report.stopped and report.stopped.reason is Reason.TIMEOUT:
        return report
    try:
        return with_fixes(report, finished, again, keeps)
    except TimeUp as error:
        return replace(report, notes=(*report.notes, f"no fixes: {error} while they were tried"))


def _again(request: Request, spec: TargetSpec, before: Case, finished: Run) -> Run:
    """Load the target anew and run it with the inputs that a finished run had."""
    loaded, plan = load(spec), finished.plan
    case = replace(_case(request, loaded, unwatched), results=before.results)
    # Not inferred any more: inputs that were fitted to an edit would prove nothing of it.
    pinned = case if plan is None else replace(case, planner=lambda model: replace(plan, inferred=False))
    again = pinned.attempt(Engine.REAL if finished.world.name == "real" else request.engine)
    look_further(request, loaded, pinned, again)
    return again


def _case(request: Request, loaded: Loaded, watch: Watch) -> Case:
    asked = Asked(
        request.inputs,
        {size.name: size.size for size in request.at},
        request.dtype,
        request.target,
        request.document,
        Path(request.config) if request.config else None,
    )

    def planner(model: nn.Module) -> Plan:
        return plan_inputs(model, loaded.module, asked)

    return Case(loaded.build, planner, request.train, request.dtype, watch)


Probes = Iterable[Probe]


def conclude(target: Target, finished: Run, started: float, others: Probes = ()) -> Report:
    """The report of a finished run, with what runs at other sizes add to it."""
    everything = _found(finished, others)
    findings = tuple(finding for finding in everything if not is_ignored(finding))
    reporter = Reporter(finished.trace)
    steps = reporter.steps()
    own = {step.span.path for step in steps if step.span and "site-packages" not in step.span.path}
    return Report(
        target=target,
        inputs=finished.inputs,
        engine=finished.world.name,
        standins=standins_in(finished.trace),
        calls=reporter.calls(),
        steps=steps,
        findings=findings,
        stopped=_stop(finished, findings) if finished.error else None,
        notes=(
            *finished.notes,
            *remarks_of(finished.trace),
            *unused(own, set(everything) - set(findings)),
        ),
        seconds=time.perf_counter() - started,
    )


def _found(finished: Run, others: Probes) -> tuple[Finding, ...]:
    """The findings of a run, and of what runs at other sizes show."""
    follow(finished.trace)
    found = merged(findings_in(finished))
    try:
        if may_be_turned(finished, found):
            return _other_reading(finished, found, others)
        for sizes, again in others:
            found = with_probe(found, _findings(again), in_words(sizes))
    except TimeUp as error:
        finished.error = error
        finished.notes.append("the model ran at these sizes, and the time was over before it had at others")
        follow(finished.trace)
    return found


def _other_reading(finished: Run, found: tuple[Finding, ...], others: Probes) -> tuple[Finding, ...]:
    """Nothing, where the model is right for inputs with time first; else what was found as guessed."""
    at_other_sizes = list(others)
    turn = [finished, *(again for _, again in at_other_sizes)]
    for again in turn:
        turned(again)
    if not any(map(_findings, turn)):
        return ()
    for again in turn:
        turned(again)
    for sizes, again in at_other_sizes:
        found = with_probe(found, _findings(again), in_words(sizes))
    follow(finished.trace)
    return found


def _findings(run: Run) -> tuple[Finding, ...]:
    follow(run.trace)
    return merged(findings_in(run))


def _stop(finished: Run, findings: tuple[Finding, ...]) -> Stop:
    error, failed = finished.error, finished.trace.failed
    assert error is not None
    place = place_of_error(error)
    return Stop(
        reason=_reason(finished, findings),
        message=words_of(error),
        span=place.span() if place else None,
        module=failed.module.path if failed and failed.module else "",
        step=len(finished.trace.ops) - 1 if finished.trace.ops else None,
        debug="".join(traceback.format_exception(error)),
    )


def _reason(finished: Run, findings: tuple[Finding, ...]) -> Reason:
    if finished.wants_value:
        return Reason.VALUE
    assert finished.error is not None
    return (
        Reason.FAULT
        if any(found.code.startswith(CRASHES) for found in findings)
        else reason_of(finished.error)
    )
