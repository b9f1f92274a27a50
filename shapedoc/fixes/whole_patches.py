"""Advice where a feature map is not a whole number of patches or windows: resize it, or pad it."""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.core.mismatch import Fault
from shapedoc.core.source import expression_at
from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem


def propose(problem: Problem) -> Iterator[Candidate]:
    """Both ways, with the sizes there are."""
    mismatch = problem.fault.mismatch if problem.fault else None
    if mismatch is None or mismatch.fault is not Fault.DIVIDE or not mismatch.operand or not mismatch.found:
        return
    [divisor] = mismatch.expected
    whole = mismatch.found // divisor * divisor
    if whole:
        title = (
            f"give {_shown(problem)} a size that {divisor} divides: resize it to {whole}, or pad it to "
            f"{whole + divisor} with torch.nn.functional.pad(…, (0, {whole + divisor - mismatch.found}))"
        )
        yield Candidate(title, (), 0.0)


def _shown(problem: Problem) -> str:
    """The operand in the user's words."""
    labels = problem.finding.labels
    return expression_at(labels[0].span) if labels else "the map"
