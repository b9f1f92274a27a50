"""What of a report is wanted: rules may be left out by the path of a file.

>>> from shapedoc.core.report import Span, Target
>>> finding = Finding("SD201", "torn", Span("/nets/old/net.py", 7))
>>> without_ignored(Report(Target(""), findings=(finding,)), (("old/*", ("SD2",)),), Path("/nets")).findings
()
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path

from shapedoc.config.settings import Config
from shapedoc.core.report import Finding, Report
from shapedoc.core.request import Request
from shapedoc.core.text import counted

Ignores = Iterable[tuple[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Wanted:
    """What a request of the command line asks for, and what a configuration leaves out of that."""

    asked: Request
    config: Config

    @property
    def request(self) -> Request:
        """The request as the configuration completes it."""
        return replace(self.config.applied_to(self.asked), config=str(self.config.path or ""))

    def of(self, report: Report) -> Report:
        """The report with what is wanted; how many findings only the configuration leaves out is told."""
        chosen = _of_rules(report, self.asked)
        kept = _of_rules(chosen, self.request)
        if not self.asked.select:
            kept = without_ignored(kept, self.config.per_path_ignores, self.config.folder)
        count = len(chosen.findings) - len(kept.findings)
        name = self.config.path.name if self.config.path else ""
        note = f"{name} leaves out {counted(count, 'finding')}: --select shows what it names"
        return replace(kept, notes=(*kept.notes, note) if count else kept.notes)


def _of_rules(report: Report, request: Request) -> Report:
    return replace(report, findings=tuple(f for f in report.findings if request.keeps(f.code)))


def without_ignored(report: Report, ignores: Ignores, folder: Path) -> Report:
    """The report without findings that a pattern silences; patterns are relative to a folder."""
    kept = tuple(finding for finding in report.findings if not _is_ignored(finding, ignores, folder))
    return replace(report, findings=kept)


def _is_ignored(finding: Finding, ignores: Ignores, folder: Path) -> bool:
    if finding.span is None:
        return False
    path = os.path.relpath(os.path.realpath(finding.span.path), os.path.realpath(folder))
    return any(fnmatch(path, pattern) and finding.code.startswith(codes) for pattern, codes in ignores)
