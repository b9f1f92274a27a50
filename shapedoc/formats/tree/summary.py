"""The last lines: clean, or how many findings; and how far the run came where it did not end."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from rich.text import Text

from shapedoc.core.report import Reason, Report, Stop
from shapedoc.core.text import counted, one_line, printable
from shapedoc.formats import Page

STYLES = ("bold green", "bold red", "bold yellow")  # by exit status


def summary_lines(report: Report, page: Page) -> Iterator[Text]:
    """One sentence, and the message of a stop that no finding explains."""
    stop = report.stopped
    parts = [_findings(report), *([_stop(stop, report, page)] if stop else [])]
    seconds = f" in {report.seconds:.1f} s" if report.seconds else ""
    sentence = "; ".join(part for part in parts if part) + seconds
    yield Text(one_line(sentence), style=STYLES[report.exit_status])
    if stop and not _is_told(stop, report):
        yield Text(textwrap.indent(printable(stop.message).strip(), "  "))


def _is_told(stop: Stop, report: Report) -> bool:
    """Whether a finding says why the run stopped; the rule that would may not have been selected."""
    return stop.reason is Reason.FAULT and bool(report.findings)


def _findings(report: Report) -> str:
    if report.findings:
        return counted(len(report.findings), "finding")
    if report.stopped:
        return ""
    return f"clean: {_steps(report)} checked" if report.steps else "nothing found"


def _stop(stop: Stop, report: Report, page: Page) -> str:
    if _is_told(stop, report):
        return f"the run stopped there, {_steps(report)} checked"
    where = [f"step {stop.step}"] if stop.step is not None else []
    where += [page.place(stop.span)] if stop.span else []
    where += [f"in {stop.module}"] if stop.module else []
    nothing = "" if report.findings or stop.reason is Reason.FAULT else ", no shape fault found before it"
    return f"stopped at {', '.join(where) or 'the start'}; checked so far {_steps(report)}{nothing}"


def _steps(report: Report) -> str:
    reached = report.stopped.step if report.stopped and report.stopped.step is not None else 0
    return counted(max(reached, len(report.steps)), "step")
