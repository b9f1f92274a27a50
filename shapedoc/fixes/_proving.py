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

from shapedoc.core.report import Finding, Fix, Safety
from shapedoc.core.source import read_source
from shapedoc.fixes import Candidate
from shapedoc.fixes._forks import in_children
from shapedoc.fixes._patched import edited_files, patched

SHOWN = 3  # fixes of one finding
MARGIN = 0.6  # once a fix is proven, only those about as likely are tried

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Outcome:
    """How a model fared: its findings, why it ended early, how many sizes it ran at, what came out."""

    found: frozenset[Key]
    failed: str = ""
    sizes: int = 0
    outputs: str = ""


Trial = Callable[[Key], Outcome]  # of the model as it is now, to mend this finding


def key_of(finding: Finding) -> Key:
    """What stays of a finding when lines move: its rule, its module, the text of its line."""
    span = finding.span
    line = read_source(span.path).line(span.line).strip() if span else ""
    return finding.code, finding.module, line


def proven(
    finding: Finding, before: Outcome, candidates: Sequence[Candidate], trial: Trial, seconds: float
) -> Iterator[tuple[Candidate, Outcome]]:
    """Candidates that mend a finding, in their order, until there are enough or the time is over."""
    key, most, left = key_of(finding), math.inf, SHOWN
    worthwhile = itertools.takewhile(lambda candidate: candidate.surprise <= most, candidates)
    jobs = (partial(_tried, candidate, trial, key) for candidate in worthwhile)
    with contextlib.closing(in_children(jobs, seconds)) as outcomes:
        for candidate, after in zip(candidates, outcomes, strict=False):
            if after is not None and mends(key, before, after):
                most, left = min(most, candidate.surprise + MARGIN), left - 1
                yield candidate, after
            if not left:
                return


def _tried(candidate: Candidate, trial: Trial, key: Key) -> Outcome:
    with patched(edited_files(candidate.edits)):
        return trial(key)


def mends(key: Key, before: Outcome, after: Outcome) -> bool:
    """Whether a finding is gone and nothing has come in its place."""
    return not after.failed and key not in after.found and after.found <= before.found


def as_fix(candidate: Candidate, before: Outcome, after: Outcome) -> Fix:
    """A proven candidate as it is shown."""
    safety = Safety.SAFE if before.failed else Safety.UNSAFE
    return Fix(candidate.title, candidate.edits, safety, _proof(before, after))


def _proof(before: Outcome, after: Outcome) -> str:
    sizes = f"{after.sizes} sizes" if after.sizes > 1 else "these sizes"
    if not after.outputs:
        return f"the whole model runs at {sizes}"
    same = " as before" if before.outputs == after.outputs else ""
    return f"the whole model runs at {sizes}, output {after.outputs}{same}"
