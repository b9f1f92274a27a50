"""How the reports of many models are told: as they come, or together at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shapedoc.cli._output import write
from shapedoc.core.report import Report
from shapedoc.formats import Page, load_format, renderer_of_all

WORDLESS = "diff"  # what is no diff goes to standard error, where people read it


@dataclass(frozen=True)
class Audience:
    """A format, the page it is written on, and where that goes; `debug` wants tracebacks."""

    format: str
    page: Page
    output: Path | None
    debug: bool

    @property
    def streams(self) -> bool:
        """Whether each report is written when it is there."""
        return self.output is None and renderer_of_all(self.format) is None

    def show(self, reports: Iterable[Report]) -> list[Report]:
        """Write all reports, and give them back."""
        shown = []
        for report in reports:
            shown.append(report)
            if self.streams:
                write(load_format(self.format).render(report, self.page), None)
        if not self.streams:
            write(self._together(shown), self.output)
        self._explain(shown)
        return shown

    def _together(self, reports: Sequence[Report]) -> str:
        render_all = renderer_of_all(self.format)
        if render_all:
            return render_all(reports, self.page)
        return "".join(load_format(self.format).render(report, self.page) for report in reports)

    def _explain(self, reports: Sequence[Report]) -> None:
        """Beside a diff: what was found, for those that have anything to say. Tracebacks if wanted."""
        for report in reports:
            if self.format == WORDLESS and report.exit_status:
                text = load_format("tree").render(replace(report, steps=(), calls=()), Page.of(sys.stderr))
                print(text, file=sys.stderr)
            if self.debug and report.stopped and report.stopped.debug:
                print(report.stopped.debug, file=sys.stderr)
