"""The report for a reader: what ran, as a tree of modules, then every finding on the user's own source.

    Net   x: float32[b=2 c=512] (inferred: first layer is Linear(512, 256); pin with -i "b=2 c=512")
    └── Net              [b c]    ✗
        ├── fc1  Linear  [b c]    → [b 256]
        └── fc2  Linear  [b 256]  ✗

Repeated blocks and clean branches are folded; the way to a finding is open, and the steps around it shown.
"""

from __future__ import annotations

from io import StringIO

from rich.console import Console

from shapedoc.core.report import Fix, Report
from shapedoc.formats import Page
from shapedoc.formats.tree.findings import finding_lines
from shapedoc.formats.tree.modules import module_tree
from shapedoc.formats.tree.summary import summary_lines


def render(report: Report, page: Page) -> str:
    """Heading, module tree, findings and summary, in the width of the page."""
    console = console_for(page)
    console.print(module_tree(report, page))
    shown: set[Fix] = set()
    for finding in report.findings:
        console.print("", *finding_lines(finding, page, shown), sep="\n")
        shown.update(finding.fixes)
    console.print("", *summary_lines(report, page), sep="\n")
    return text_of(console)


def console_for(page: Page) -> Console:
    """A console that keeps what it is given. Nothing in it reads markup, emoji codes or numbers to colour."""
    return Console(
        file=StringIO(),
        width=page.width,
        force_terminal=page.colour,
        no_color=not page.colour,
        force_jupyter=False,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
    )


def text_of(console: Console) -> str:
    """What was printed, without the spaces that columns leave at the ends of lines."""
    assert isinstance(console.file, StringIO)
    return "".join(line.rstrip() + "\n" for line in console.file.getvalue().splitlines())
