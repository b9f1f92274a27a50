"""Fixes as a unified diff that `git apply` takes: of each finding the first one that may be applied.

What is found without such a fix, and a run that ended early, is not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from shapedoc.core.choosing import chosen_edits
from shapedoc.core.edits import Stale, rewritten, unified
from shapedoc.core.report import Edit, Report
from shapedoc.core.text import printable
from shapedoc.formats import Page


def render(report: Report, page: Page) -> str:
    """The diff of one report."""
    return render_all([report], page)


def render_all(reports: Iterable[Report], page: Page) -> str:
    """One diff for all reports; a line that two models run through is changed once."""
    findings = [finding for report in reports for finding in report.findings]
    chosen = chosen_edits(findings, page.trusted)
    text = "".join(text for path in sorted(chosen) for text in _diff(path, chosen[path], page))
    return printable(text) if page.terminal else text


def _diff(path: str, edits: Sequence[Edit], page: Page) -> Iterator[str]:
    """Nothing for a file that has gone or changed since it was traced."""
    try:
        data = Path(path).read_bytes()
        yield unified(page.path(path), data, rewritten(data, edits))
    except (OSError, Stale):
        return
