"""One line for each finding, `path:line:column: CODE message`, as editors and `grep` take it.

>>> from shapedoc.core.report import Finding
>>> finding = Finding("SD103", "2x3x4 has 24 elements, (5, 5) needs 25", Span("net.py", 7, 9))
>>> print(render(Report(Target("net.py:Net"), findings=(finding,)), Page()), end="")
net.py:7:9: SD103 2x3x4 has 24 elements, (5, 5) needs 25

A run that ended early without a finding has a line that says so; a clean one has none.
"""

from __future__ import annotations

from shapedoc.core.report import Report, Span, Target
from shapedoc.core.text import one_line
from shapedoc.formats import Page


def render(report: Report, page: Page) -> str:
    """The findings in the order of the report."""
    lines = [
        f"{_place(finding.span, report.target, page)}: {one_line(f'{finding.code} {finding.message}')}"
        for finding in report.findings
    ]
    if report.stopped and not report.findings:
        place = _place(report.stopped.span, report.target, page)
        lines.append(f"{place}: incomplete: {one_line(report.stopped.message)}")
    return "".join(line + "\n" for line in lines)


def _place(span: Span | None, target: Target, page: Page) -> str:
    if span is None:
        return one_line(target.name)
    return f"{page.place(span)}:{span.column}" if span.column else page.place(span)
