"""What is shown on standard error while models run, on a terminal only."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

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


@contextlib.contextmanager
def progress_bar(total: int) -> Iterator[Callable[[], None]]:
    """A function to call after each of so many models."""
    if not total or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich import progress
    from rich.console import Console

    bar = progress.Progress(
        *(progress.TextColumn("models"), progress.BarColumn()),
        *(progress.MofNCompleteColumn(), progress.TimeElapsedColumn()),
        console=Console(stderr=True),
        transient=True,
        redirect_stdout=False,  # it may be a file, or a pipe to `git apply`
        redirect_stderr=False,
    )
    with bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)
