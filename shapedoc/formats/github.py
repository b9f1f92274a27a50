"""Annotations of a GitHub workflow: each finding stands beside its line in the pull request.

Syntax and escapes: https://docs.github.com/actions/reference/workflow-commands-for-github-actions

>>> from shapedoc.core.report import Finding, Target
>>> finding = Finding("SD999", "24 elements, 25 needed", Span("net.py", 7, 9, 7, 20))
>>> print(render(Report(Target("net.py:Net"), findings=(finding,)), Page()), end="")
::error file=net.py,line=7,endLine=7,col=9,endColumn=20,title=SD999::24 elements, 25 needed
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shapedoc.core.report import Finding, Label, Report, Span
from shapedoc.core.rules import rule_name
from shapedoc.core.text import printable
from shapedoc.formats import Page

_DATA = str.maketrans({"%": "%25", "\n": "%0A"})  # a carriage return is no longer one in printable text
_PROPERTY = {**_DATA, ord(":"): "%3A", ord(","): "%2C"}


def render(report: Report, page: Page) -> str:
    """One `::error` for each finding, one for a run that ended early without any."""
    lines = [
        _annotation(finding.span, _title(finding.code), _words(finding, page), page)
        for finding in report.findings
    ]
    if report.stopped and not report.findings:
        lines.append(_annotation(report.stopped.span, "shapedoc: incomplete", report.stopped.message, page))
    return "".join(line + "\n" for line in lines)


def _title(code: str) -> str:
    return f"{code} {rule_name(code)}".rstrip()


def _annotation(span: Span | None, title: str, message: str, page: Page) -> str:
    fields = [*(_position(span, page) if span else ()), ("title", title)]
    properties = ",".join(f"{name}={printable(value).translate(_PROPERTY)}" for name, value in fields)
    return f"::error {properties}::{printable(message).translate(_DATA)}"


def _position(span: Span, page: Page) -> Iterator[tuple[str, str]]:
    numbers = {"line": span.line, "endLine": span.end_line}
    if span.line == span.end_line:  # GitHub takes columns within one line only
        numbers |= {"col": span.column, "endColumn": span.end_column}
    yield "file", page.path(span.path)
    yield from ((name, str(number)) for name, number in numbers.items() if number)


def _words(finding: Finding, page: Page) -> str:
    """An annotation has room for text only, so labels say their place."""
    return "\n".join(
        [finding.message, *_elsewhere(finding.labels, page), *(f"note: {note}" for note in finding.notes)]
    )


def _elsewhere(labels: Iterable[Label], page: Page) -> Iterator[str]:
    return (f"{page.place(label.span)}: {label.text}" for label in labels)
