"""Which edits to make, where several findings each propose some.

>>> fix = Fix("", (Edit(Span("net.py", 7, 5, 7, 6), "4", "2"),), Safety.SAFE)
>>> found = [Finding("SD101", "", fixes=(fix,)), Finding("SD102", "", fixes=(fix,))]
>>> [(path, len(edits)) for path, edits in chosen_edits(found, {Safety.SAFE}).items()]
[('net.py', 1)]
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from shapedoc.core.report import Edit, Finding, Fix, Safety, Span


def chosen_edits(findings: Iterable[Finding], trusted: Collection[Safety]) -> dict[str, list[Edit]]:
    """Edits by file: of each finding the first fix that is trusted, unless it meets one chosen before it."""
    chosen: dict[str, list[Edit]] = {}
    for finding in findings:
        fix = trusted_fix(finding, trusted)
        known = {edit for edits in chosen.values() for edit in edits}
        new = [edit for edit in (fix.edits if fix else ()) if edit not in known]
        if not any(_meet(edit.span, other.span) for edit in new for other in known):
            for edit in new:
                chosen.setdefault(edit.span.path, []).append(edit)
    return chosen


def trusted_fix(finding: Finding, trusted: Collection[Safety]) -> Fix | None:
    """The first fix of a finding that may be applied."""
    return next((fix for fix in finding.fixes if fix.edits and fix.safety in trusted), None)


def _meet(one: Span, other: Span) -> bool:
    return one.path == other.path and _start(one) <= _end(other) and _start(other) <= _end(one)


def _start(span: Span) -> tuple[int, int]:
    return span.line, span.column


def _end(span: Span) -> tuple[int, int]:
    return span.end_line, span.end_column
