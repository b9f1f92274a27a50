"""A line on standard error while a model builds and runs, on a terminal only."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

from shapedoc.core.progress import Progress, Watch
from shapedoc.core.text import one_line


@contextlib.contextmanager
def progress_line() -> Iterator[Watch | None]:
    """A function that shows how far a run has come; None where nobody is looking."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.text import Text

    def line(progress: Progress) -> Text:
        return Text(one_line(f"{progress} …"), no_wrap=True, overflow="ellipsis")

    with Console(stderr=True).status(line(Progress())) as status:
        yield lambda progress: status.update(line(progress))
