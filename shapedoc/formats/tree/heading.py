"""The first lines: the model, its inputs and who chose them, and what was not really run."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from rich.table import Table
from rich.text import Text

from shapedoc.core.report import Input, Report
from shapedoc.core.text import one_line
from shapedoc.formats import Page


def heading(report: Report, page: Page) -> Table:
    """The model's name, and beside it everything to say about the run."""
    grid = Table.grid(padding=(0, 3))
    grid.add_column(style="bold", no_wrap=True, max_width=page.width // 2)
    grid.add_column()
    name = Text(one_line(report.target.kind if report.calls else report.target.name))
    for line in [*map(_input, report.inputs), *_remarks(report)] or [Text()]:
        grid.add_row(name, line)
        name = Text()
    return grid


def _input(given: Input) -> Text:
    value = given.value
    dims = " ".join(str(dim) for dim in value.dims)
    text = Text(one_line(f"{value.name}: {value.dtype}[{dims}]"))
    if given.origin != "given":
        pin = f"; pin with -i {quoted(given.spec)}" if given.spec else ""
        text.append(" ").append(one_line(f"({given.origin}{pin})"), style="dim")
    return text


def quoted(spec: str) -> str:
    """A spec as a shell takes it."""
    return f'"{spec}"' if re.fullmatch(r"[\w=\[\],.:() +-]*", spec) else shlex.quote(spec)


def _remarks(report: Report) -> Iterator[Text]:
    for standin in report.standins:
        words = f"{standin.name} stood in for by its {standin.contract} contract; nothing was computed"
        yield Text(one_line(words), style="dim")
    yield from (Text(one_line(note), style="dim") for note in report.notes)
