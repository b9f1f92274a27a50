"""Proving candidates: each is applied in memory, and the whole model runs again at every size it ran at.

A candidate is proven if the patched model runs to its end, the finding is gone, and none has come.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from shapedoc.core.report import Finding, Fix, Safety, Value
from shapedoc.core.source import read_source
from shapedoc.fixes import Candidate
from shapedoc.fixes._forks import in_children

SHOWN = 3  # fixes of one finding
MARGIN = 0.4  # once a fix is proven, only those about as likely are tried
FURTHER = 1.0  # and those less likely where it holds for no other number of samples

RESHAPED = ("SD204", "SD207")  # rules about results whose very shape is wrong

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Tensors:
    """What a model takes and returns."""

    inputs: tuple[Value, ...] = ()
    outputs: tuple[Value, ...] = ()

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of what comes out."""
        return tuple(tuple(dim.size for dim in value.dims) for value in self.outputs)

    @property
    def is_batched(self) -> bool:
        """Whether what comes out has one entry for each sample."""
        samples = {dim.size for value in self.inputs for dim in value.dims if dim.name == "b"}
        first = [value.dims[0] if value.dims else None for value in self.outputs]
        return all(dim is not None and dim.name == "b" and dim.size in samples for dim in first)


@dataclass(frozen=True)
class Outcome:
    """How a model fared: its findings, why it ended early, at how many sizes it ran, what went in and out.

    `steps` is how far it came, `axes` are those that it ran with at another size, `change` is by how much of
    the largest number its output differs from before, where both are known.
    """

    found: frozenset[Key]
    failed: str = ""
    steps: int = 0
    sizes: int = 0
    axes: frozenset[str] = frozenset()
    tensors: Tensors = Tensors()
    change: float | None = None


@dataclass(frozen=True)
class Goal:
    """Findings to be rid of, and how the model fares while they are there.

    `left` are the places that go together with this one and are still to be mended: until they are,
    mended and broken parts of the model may disagree.
    """

    keys: frozenset[Key]
    before: Outcome
    left: int = 0

    def in_reach_of(self, found: frozenset[Key]) -> bool:
        """Whether the findings are gone and nothing has come in their place."""
        return not self.keys & found and (self.left > 0 or found <= self.before.found)

    def reached_by(self, after: Outcome) -> bool:
        """Whether the model also runs to its end and returns what it should."""
        if after.failed or not self.before.axes <= after.axes:
            return False
        return self.in_reach_of(after.found) and self._returns_the_same(after)

    def passed_by(self, after: Outcome) -> bool:
        """Whether the run gets past them, though only to the next fault."""
        further = after.steps > self.before.steps and not any(map(self._is_still_there, after.found))
        return bool(self.before.failed and after.failed) and further

    def _is_still_there(self, key: Key) -> bool:
        """Whether it is one of the findings, also where the line that it is on was edited."""
        code, path, line = key
        edited = line not in map(str.strip, read_source(path).lines)
        return key in self.keys or (edited and any(code == other for other, *_ in self.keys))

    def _returns_the_same(self, after: Outcome) -> bool:
        """Shapes as before, unless they were none or themselves what is wrong."""
        reshaped = any(code in RESHAPED for code, *_ in self.keys)
        reshaped |= after.tensors.is_batched and not self.before.tensors.is_batched
        return bool(self.before.failed) or reshaped or after.tensors.shapes == self.before.tensors.shapes


Trial = Callable[[Candidate, Goal], Outcome]  # runs the model with edits, as far as the goal is in reach


def key_of(finding: Finding) -> Key:
    """What stays of a finding when lines move, and is one for all repetitions of a block."""
    span = finding.span
    if span is None:
        return finding.code, finding.module, finding.message
    return finding.code, span.path, read_source(span.path).line(span.line).strip()


def proven(
    goal: Goal, candidates: Sequence[Candidate], trial: Trial, seconds: float, tell: Callable[[int], None]
) -> Iterator[tuple[Candidate, Outcome]]:
    """Candidates that reach a goal or get past it, in their order, until enough reach it or the time is over.

    `tell` is called with how many have been tried.
    """
    most, left = math.inf, SHOWN
    worthwhile = itertools.takewhile(lambda candidate: candidate.surprise <= most, candidates)
    jobs = (partial(trial, candidate, goal) for candidate in worthwhile)
    with contextlib.closing(in_children(jobs, seconds)) as outcomes:
        for tried, (candidate, after) in enumerate(zip(candidates, outcomes, strict=False), 1):
            tell(tried)
            if after is not None and goal.reached_by(after):
                margin = MARGIN if "b" in after.axes else FURTHER
                most, left = min(most, candidate.surprise + margin), left - 1
                yield candidate, after
            elif after is not None and goal.passed_by(after):
                yield candidate, after
            if not left:
                return


def as_fix(candidate: Candidate, before: Outcome, after: Outcome) -> Fix:
    """A proven candidate as it is shown."""
    safety = Safety.SAFE if before.failed else Safety.UNSAFE
    return Fix(candidate.title, candidate.edits, safety, _proof(before, after))


def as_step(candidate: Candidate, before: Outcome, after: Outcome) -> Fix:
    """A candidate that gets past a fault to the next one: to be looked at, and no more."""
    next_one = next((f", {code} at {text}" for code, _, text in sorted(after.found - before.found)), "")
    proof = f"the run gets past this and stops at the next fault{next_one}"
    return Fix(candidate.title, candidate.edits, Safety.MANUAL, proof)


def _proof(before: Outcome, after: Outcome) -> str:
    sizes = f"{after.sizes} sizes" if after.sizes > 1 else "these sizes"
    if not after.tensors.outputs:
        return f"the whole model runs at {sizes}"
    same = " as before" if before.tensors.outputs == after.tensors.outputs else ""
    return f"the whole model runs at {sizes}, output {_written(after)}{same}{_changed(after.change)}"


def _changed(change: float | None) -> str:
    """What the numbers say, where there are any.

    >>> _changed(0.8312)
    '; on the same weights it differs by 0.83 of its largest value'
    """
    if change is None:
        return ""
    found = f"differs by {change:.2g} of its largest value" if change else "is the same up to rounding"
    return f"; on the same weights it {found}"


def _written(outcome: Outcome) -> str:
    return ", ".join(f"[{' '.join(map(str, value.dims))}]" for value in outcome.tensors.outputs)
