"""How well a report tells of a mutant: a finding of the right sort, and a label on the line that was changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shapedoc.core.report import Finding, Report, Span

from . import Bench, Mutant

SORTS = {"silent": ("SD2", "SD303"), "crash": ("SD1",)}  # what is no fault is silent, too
LONGEST = 5  # lines of a span that still points at a line


@dataclass(frozen=True)
class Score:
    """`found` are the codes of the right sort; `said` is what there is to say of a miss."""

    mutant: Mutant
    found: tuple[str, ...] = ()
    labelled: bool = False
    seconds: float = 0.0
    said: str = ""


def scored(bench: Bench, mutant: Mutant) -> Score:
    """Trace the mutant and judge the report."""
    outcome = bench.report(mutant)
    if outcome.error:
        return Score(mutant, said=outcome.error)
    report: Report = outcome.value
    sort = SORTS.get(mutant.effect, SORTS["silent"])
    right = [found for found in report.findings if found.code.startswith(sort)]
    return Score(
        mutant,
        tuple(dict.fromkeys(found.code for found in right)),
        any(_points_at(span, mutant) for found in right for span in _spans(found)),
        report.seconds,
        _said(report, right),
    )


def _spans(finding: Finding) -> Iterator[Span]:
    if finding.span:
        yield finding.span
    yield from (label.span for label in finding.labels)


def _points_at(span: Span, mutant: Mutant) -> bool:
    last = max(span.end_line or span.line, span.line)
    return span.path.endswith(mutant.file) and span.line <= mutant.line <= last < span.line + LONGEST


def _said(report: Report, right: list[Finding]) -> str:
    if right:
        places = {f"{span.path.rpartition('/')[2]}:{span.line}" for found in right for span in _spans(found)}
        return f"{right[0].message} ({', '.join(sorted(places))})"
    if report.stopped:
        return f"stopped: {report.stopped.reason.value}: {report.stopped.message.splitlines()[0][:120]}"
    others = [f"{found.code} {found.message}" for found in report.findings]
    return "; ".join(others) or "no finding"
