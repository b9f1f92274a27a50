"""From findings to proven fixes: what may mend each, tried on the model itself.

Needs processes that fork, so that a trial leaves no trace in this one; where there are none, findings
come without fixes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from shapedoc.checks import findings_in
from shapedoc.core.ending import words_of
from shapedoc.core.ignores import is_ignored
from shapedoc.core.report import Finding, Fix, Report
from shapedoc.fixes import Problem, proposals
from shapedoc.fixes._forks import POSSIBLE, in_children
from shapedoc.fixes._proving import Key, Outcome, Trial, as_fix, key_of, proven
from shapedoc.fixes._values import Scopes, watching
from shapedoc.trace.execution import Run
from shapedoc.trace.faults import fault_of
from shapedoc.trace.layouts import follow
from shapedoc.trace.probing import probes
from shapedoc.trace.reporting import Reporter

SECONDS = 20.0  # for the fixes of one report

Attempt = Callable[[], Run]
"""Loads the target anew and runs it with the inputs it was found with."""

DEPENDS = "a checkpoint trained with this depends on it: retrain it, or keep the old code for it"


def with_fixes(report: Report, finished: Run, attempt: Attempt, keeps: Callable[[str], bool]) -> Report:
    """The report with proven fixes at its findings."""
    if not report.findings or not POSSIBLE:
        return report
    deadline = time.monotonic() + SECONDS
    before = Outcome(
        frozenset(map(key_of, report.findings)),
        failed=report.stopped.message if report.stopped else "",
        outputs=_outputs(finished),
    )
    trial = partial(_outcome, attempt, before, keeps)
    problems = _problems(report.findings, finished, attempt)
    findings = []
    for problem in problems:
        fixes = _fixes(problem, before, trial, deadline - time.monotonic())
        findings.append(replace(problem.finding, fixes=fixes, notes=_notes(problem.finding, fixes)))
    return replace(report, findings=tuple(findings))


def _problems(findings: Iterable[Finding], finished: Run, attempt: Attempt) -> list[Problem]:
    fault = fault_of(finished.trace, finished.error) if finished.error else None
    bare = [Problem(finding, finished, fault) for finding in findings]
    [scopes] = in_children([partial(_scopes, bare, attempt)], SECONDS) or [None]
    return [replace(problem, scopes=scopes or {}) for problem in bare]


def _scopes(problems: list[Problem], attempt: Attempt) -> Scopes:
    lines: dict[str, dict[int, int]] = {}
    for problem in problems:
        for path, own in problem.lines().items():
            lines.setdefault(path, {}).update(own)
    with watching(lines) as found:
        attempt()
    return found


def _fixes(problem: Problem, before: Outcome, trial: Trial, seconds: float) -> tuple[Fix, ...]:
    candidates = proposals(problem)
    found = proven(problem.finding, before, candidates, trial, seconds)
    return tuple(as_fix(candidate, before, after) for candidate, after in found)


def _notes(finding: Finding, fixes: tuple[Fix, ...]) -> tuple[str, ...]:
    silent = finding.code.startswith(("SD2", "SD3"))
    return (*finding.notes, DEPENDS) if fixes and silent else finding.notes


def _outcome(attempt: Attempt, before: Outcome, keeps: Callable[[str], bool], key: Key) -> Outcome:
    """How the model fares now, at other sizes too unless it fares no better at these."""
    finished = attempt()
    found = _found(finished, keeps)
    if finished.error is not None or key in found or not found <= before.found:
        return Outcome(found, words_of(finished.error) if finished.error else "")
    sizes = 1
    for _, again in probes(finished):
        sizes += 1
        found |= _found(again, keeps)
    return Outcome(found, sizes=sizes, outputs=_outputs(finished))


def _found(run: Run, keeps: Callable[[str], bool]) -> frozenset[Key]:
    follow(run.trace)
    return frozenset(
        key_of(finding) for finding in findings_in(run) if keeps(finding.code) and not is_ignored(finding)
    )


def _outputs(run: Run) -> str:
    """The tensors that the model returns, with their axes."""
    top = next((call for call in Reporter(run.trace).calls() if not call.path), None)
    return ", ".join(f"[{' '.join(map(str, value.dims))}]" for value in top.outputs) if top else ""
