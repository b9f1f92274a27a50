"""Error texts of torch and the libraries around it, and what they mean: one family a module.

>>> [cause] = explain_text("mat1 and mat2 shapes cannot be multiplied (512x64 and 256x256)").causes
>>> print(cause)
SD101 the input has 64 features, the weight takes 256

A family is a module here without an underscore in front; it holds `FAULTS`, and nothing lists it.
`reading` finds what a log says, `meaning` what that means.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapedoc.core.report import Report
    from shapedoc.messages.meaning.explanation import Explanation
    from shapedoc.messages.reading.windows import Log


def explain(log: Log, source_dir: Path | None = None) -> Report:
    """The causes in a log as a report: of a file, an open stream, or lines or pieces of one.

    Without `source_dir`, files that the log names are read where they exist below the current folder.
    """
    from shapedoc.messages.meaning.findings import report
    from shapedoc.messages.meaning.source import Folder

    folder = Folder(source_dir, given=True) if source_dir else Folder(Path.cwd())
    return report(str(getattr(log, "name", "-")), explain_log(log), folder)


def explain_log(log: Log) -> Explanation:
    """The causes in a log, without any source."""
    from shapedoc.messages.meaning.explanation import explanation
    from shapedoc.messages.reading.windows import pieces_of

    return explanation(pieces_of(log))


def explain_text(text: str) -> Explanation:
    """The causes in a text at hand."""
    return explain_log([text.encode("utf-8", "surrogateescape")])
