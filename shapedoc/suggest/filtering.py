"""What of a report is wanted: rules may be left out by the path of a file.

>>> from shapedoc.core.report import Span, Target
>>> finding = Finding("SD201", "torn", Span("/nets/old/net.py", 7))
>>> without_ignored(Report(Target(""), findings=(finding,)), (("old/*", ("SD2",)),), Path("/nets")).findings
()
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatch
from pathlib import Path

from shapedoc.core.report import Finding, Report

Ignores = Iterable[tuple[str, tuple[str, ...]]]


def without_ignored(report: Report, ignores: Ignores, folder: Path) -> Report:
    """The report without findings that a pattern silences; patterns are relative to a folder."""
    kept = tuple(finding for finding in report.findings if not _is_ignored(finding, ignores, folder))
    return replace(report, findings=kept)


def _is_ignored(finding: Finding, ignores: Ignores, folder: Path) -> bool:
    if finding.span is None:
        return False
    path = os.path.relpath(os.path.realpath(finding.span.path), os.path.realpath(folder))
    return any(fnmatch(path, pattern) and finding.code.startswith(codes) for pattern, codes in ignores)
