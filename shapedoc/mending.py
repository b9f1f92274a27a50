"""From findings to proven fixes: what may mend each, tried on the model itself.

Findings of one kind in one function are mended one after the other, each on top of the ones before,
and shown with one fix for all. Needs processes that fork, so that a trial leaves no trace in this
one; where there are none, findings come without fixes.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from shapedoc.checks import findings_in
from shapedoc.core.ending import words_of
from shapedoc.core.ignores import is_ignored
from shapedoc.core.progress import Phase, Progress
from shapedoc.core.report import Finding, Fix, Report, Search
from shapedoc.core.source import nodes_at
from shapedoc.fixes import Candidate, Problem, proposals
from shapedoc.fixes._changes import change_of_output
from shapedoc.fixes._forks import POSSIBLE, in_children
from shapedoc.fixes._patched import edited_files, modules_of_the_user, patched
from shapedoc.fixes._proving import Goal, Key, Outcome, Tensors, as_fix, as_step, key_of, proven
from shapedoc.fixes._values import Scopes, watching
from shapedoc.trace.execution import Run
from shapedoc.trace.faults import fault_of
from shapedoc.trace.layouts import follow
from shapedoc.trace.probing import probes
from shapedoc.trace.reporting import Reporter

SECONDS = 30.0  # for the fixes of one report
EACH = 15.0  # seconds for one finding

Attempt = Callable[[], Run]
"""Loads the target anew and runs it with the inputs it was found with."""

Option = tuple[Candidate, Outcome]

NOTHING = Candidate("", (), 0.0)
DEPENDS = "a checkpoint trained with this depends on it: retrain it, or keep the old code for it"


@dataclass(frozen=True)
class _Tries:
    """Candidates for one finding that held, those that got past it to another fault, and the count."""

    held: list[Option]
    past: list[Option]
    search: Search


def with_fixes(report: Report, finished: Run, attempt: Attempt, keeps: Callable[[str], bool]) -> Report:
    """The report with proven fixes at its findings."""
    if not report.findings or not POSSIBLE:
        return report
    mender = _Mender(report, finished, attempt, keeps)
    fixes: dict[Key, tuple[Fix, ...]] = {}
    for cluster in _clusters(report.findings):
        fixes |= mender.mend([finding for finding in cluster if key_of(finding) not in fixes])
    findings = (replace(found, fixes=fixes.get(key_of(found)) or found.fixes) for found in report.findings)
    told = (_with_search(found, mender.searches.get(key_of(found))) for found in findings)
    return replace(report, findings=tuple(map(_with_warning, told)))


def _clusters(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one rule in one function."""
    found: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.code, *_function_around(finding)), []).append(finding)
    return list(found.values())


def _function_around(finding: Finding) -> tuple[object, ...]:
    if finding.span is None:
        return ()
    functions = [node for node in nodes_at(finding.span) if isinstance(node, ast.FunctionDef)]
    return (finding.span.path, *(node.lineno for node in functions))


def _with_warning(finding: Finding) -> Finding:
    silent = finding.code.startswith(("SD2", "SD3"))
    return replace(finding, notes=(*finding.notes, DEPENDS)) if finding.fixes and silent else finding


def _with_search(finding: Finding, search: Search | None) -> Finding:
    """The finding with what was tried in vain; nothing is said where nothing was known to try."""
    if search is None or search == Search(0):
        return finding
    return replace(finding, search=search, notes=(*finding.notes, str(search)))


class _Mender:
    """Tries candidates on one model, until its time is over."""

    def __init__(self, report: Report, finished: Run, attempt: Attempt, keeps: Callable[[str], bool]) -> None:
        self.deadline = time.monotonic() + SECONDS
        self.finished = finished
        self.attempt = attempt
        self.keeps = keeps
        self.modules = modules_of_the_user()
        self.searches: dict[Key, Search] = {}  # where none of the edits held
        self.fault = fault_of(finished.trace, finished.error) if finished.error else None
        self.scopes = self._watched(report.findings)
        self.before = Outcome(
            frozenset(map(key_of, report.findings)),
            failed=report.stopped.message if report.stopped else "",
            steps=len(finished.trace.ops),
            axes=frozenset() if finished.error else self._free(),
            tensors=_tensors(finished),
        )

    def mend(self, findings: list[Finding]) -> dict[Key, tuple[Fix, ...]]:
        """Fixes of findings that may have one cause, by their keys: one for all, or one for each place."""
        places = _places(findings)
        fixes = self._shown(self._together(places)) if len(places) > 1 else {}
        for place in places:
            keys = self._keys(place)
            if not keys <= fixes.keys():
                tries = self._tries(place[0], Goal(keys, self.before))
                by_hand = (*self._step(tries), *_advice(self._problem(place[0])))
                fixes |= self._shown(tries.held) or dict.fromkeys(keys, by_hand)
                if not tries.held:
                    self.searches |= dict.fromkeys(keys, tries.search)
        return fixes

    def _shown(self, options: list[Option]) -> dict[Key, tuple[Fix, ...]]:
        """What is proven, for all findings that the first of it mends."""
        fixes = tuple(as_fix(candidate, self.before, after) for candidate, after in options)
        return dict.fromkeys(self.before.found - options[0][1].found, fixes) if options else {}

    def _step(self, tries: _Tries) -> tuple[Fix, ...]:
        """What got furthest, to the next fault."""
        furthest = max(tries.past, key=lambda option: option[1].steps, default=None)
        return (as_step(furthest[0], self.before, furthest[1]),) if furthest else ()

    def _together(self, places: list[list[Finding]]) -> list[Option]:
        """What mends all places, each on top of what mended the places before."""
        base, outcome = NOTHING, self.before
        for left, place in zip(reversed(range(len(places))), places, strict=True):
            keys = self._keys(place) & outcome.found
            if keys:
                held = self._tries(place[0], Goal(keys, self.before, left), base).held
                if not held:
                    return []
                base, outcome = held[0]
        title = f"{base.title.partition('; ')[0]}, and what goes with it on the lines below"
        return [(replace(base, title=title), outcome)] if outcome.found < self.before.found else []

    def _problem(self, finding: Finding) -> Problem:
        return Problem(finding, self.finished, self.fault, self.scopes)

    def _keys(self, place: list[Finding]) -> frozenset[Key]:
        return frozenset(map(key_of, place))

    def _tries(self, finding: Finding, goal: Goal, base: Candidate = NOTHING) -> _Tries:
        """Candidates on top of others, tried as far as a goal and the time ask for."""
        proposed = (candidate for candidate in proposals(self._problem(finding)) if candidate.edits)
        candidates = [_joined(base, candidate) for candidate in proposed]
        seconds = min(EACH, self.deadline - time.monotonic())
        tried = 0

        def tell(count: int) -> None:
            nonlocal tried
            tried = count
            self.finished.watch(Progress(Phase.FIX, done=count, total=len(candidates)))

        tell(0)
        found = list(proven(goal, candidates, self._trial, seconds, tell))
        held = [option for option in found if goal.reached_by(option[1])]
        past = [option for option in found if option not in held]
        return _Tries(_soundest(held), past, Search(tried, len(candidates) - tried))

    def _trial(self, candidate: Candidate, goal: Goal) -> Outcome:
        """How the model fares with edits, in a process that ends afterwards."""
        with patched(edited_files(candidate.edits), self.modules):
            return self._outcome(goal)

    def _outcome(self, goal: Goal) -> Outcome:
        """How the model fares now, at other sizes too where the goal is in reach at these."""
        finished = self.attempt()
        failed, steps = words_of(finished.error) if finished.error else "", len(finished.trace.ops)
        if failed and steps <= self.before.steps:
            return Outcome(frozenset(), failed, steps)  # nobody asks what else is wrong with this one
        found = self._found(finished)
        if failed or not goal.in_reach_of(found):
            return Outcome(found, failed, steps)
        sizes, axes = 1, frozenset[str]()
        for other, again in probes(finished):
            sizes, axes = sizes + 1, axes | other.keys()
            found |= self._found(again)
        tensors, change = _tensors(finished), change_of_output(self.finished, finished)
        return Outcome(found, sizes=sizes, axes=axes, tensors=tensors, change=change)

    def _found(self, run: Run) -> frozenset[Key]:
        follow(run.trace)
        return frozenset(
            key_of(found) for found in findings_in(run) if self.keeps(found.code) and not is_ignored(found)
        )

    def _free(self) -> frozenset[str]:
        """The axes that the model takes at other sizes as it is."""

        def names() -> frozenset[str]:
            return frozenset(name for sizes, _ in probes(self.finished) for name in sizes)

        return next(in_children([names], SECONDS), None) or frozenset()

    def _watched(self, findings: Iterable[Finding]) -> Scopes:
        """What names stood for on the lines involved."""
        lines: dict[str, dict[int, int]] = {}
        for finding in findings:
            for path, own in Problem(finding, self.finished, self.fault).lines().items():
                lines.setdefault(path, {}).update(own)

        def watch() -> Scopes:
            with watching(lines) as found:
                self.attempt()
            return found

        return next(in_children([watch], SECONDS), None) or {}


def _places(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings by where they show: a block that is repeated has one of them for every repetition."""
    found: dict[object, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.span, []).append(finding)
    return list(found.values())


def _advice(problem: Problem) -> tuple[Fix, ...]:
    """What to do by hand, where no edit is proven."""
    return tuple(Fix(candidate.title) for candidate in proposals(problem) if not candidate.edits)


def _soundest(options: list[Option]) -> list[Option]:
    """Those after which something comes out for each sample, if any; of them those that hold not by chance.

    What holds for fewer axes than another does holds by a coincidence of sizes.
    """
    batched = [option for option in options if option[1].tensors.is_batched] or options
    freest = [after.axes for _, after in batched]
    return [option for option in batched if not any(option[1].axes < axes for axes in freest)]


def _joined(base: Candidate, candidate: Candidate) -> Candidate:
    """One candidate with the edits of two."""
    title = f"{base.title}; {candidate.title}" if base.title else candidate.title
    edits = tuple(dict.fromkeys((*base.edits, *candidate.edits)))
    return Candidate(title, edits, candidate.surprise)


def _tensors(run: Run) -> Tensors:
    """What the model takes and returns."""
    whole = next((call for call in Reporter(run.trace).calls() if not call.path), None)
    return Tensors(whole.inputs, whole.outputs) if whole else Tensors()
