"""The picture in the README: `python -m tests.picture` runs the sample that `make demo` shows, and draws its report.

Paths are from the root of the tree, which is where it is run. Rich's own template names fonts to be fetched from
elsewhere; any monospaced one does, since every text in it has its length.
"""

from __future__ import annotations

import os
import re
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from shapedoc.client.process import Worker
from shapedoc.core.request import Request
from shapedoc.formats import Page, load_format

SAMPLE = "samples/natten_head_count/buggy.py"
PICTURE = Path("samples/natten_head_count/trace.svg")
WIDTH = 104
FETCHED_FONT = re.compile(r"@font-face \{[^}]*\}\s*")


def shown() -> str:
    """What a terminal would show of a run of the sample, colours included."""
    with Worker(sys.executable) as worker:
        report = worker.run(Request(SAMPLE))
    return load_format("tree").render(report, Page(WIDTH, colour=True, folder=os.getcwd()))


def drawn(text: str) -> str:
    """The same as SVG."""
    console = Console(record=True, width=WIDTH, file=StringIO())
    console.print(Text.from_ansi(text), soft_wrap=True)
    return FETCHED_FONT.sub("", console.export_svg(title=f"shapedoc trace {SAMPLE}", unique_id="trace"))


if __name__ == "__main__":
    PICTURE.write_text(drawn(shown()), encoding="utf-8")
