"""Edits of a source file, applied to its bytes so that all they do not touch stays as it is.

>>> span = Span("net.py", 2, 5, 2, 6)
>>> rewritten(b"x = 1\\r\\ny = 2  # two\\r\\n", [Edit(span, "3", "2")])
b'x = 1\\r\\ny = 3  # two\\r\\n'
>>> rewritten(b"x = 1\\ny = 7\\n", [Edit(span, "3", "2")])
Traceback (most recent call last):
shapedoc.core.edits.Stale: net.py:2:5 no longer reads '2': trace the model again
"""

from __future__ import annotations

import difflib
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from itertools import accumulate

from shapedoc.core.errors import UserError
from shapedoc.core.report import Edit, Span
from shapedoc.core.text import printable

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")  # lines as Python ends them: a form feed ends none


class Stale(UserError):
    """An edit that was made for another text than the file holds."""


def rewritten(data: bytes, edits: Iterable[Edit]) -> bytes:
    """A file with edits of it applied. Raises Stale where one does not fit or two overlap."""
    encoding = _encoding(data)
    return _applied(data.decode(encoding), list(edits)).encode(encoding)


def _encoding(data: bytes) -> str:
    """As Python reads it; a file that starts with a byte order mark gets it back."""
    return tokenize.detect_encoding(io.BytesIO(data).readline)[0]


def _applied(text: str, edits: list[Edit]) -> str:
    starts = list(accumulate(map(len, _LINE.findall(text)), initial=0))
    newline = "\r\n" if "\r\n" in text else "\n"
    parts, done = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.span.line, edit.span.column)):
        start, end = (_offset(starts, text, *at) for at in _ends(edit.span))
        _hold(edit, text[start:end], fits=done <= start <= end)
        parts += [text[done:start], edit.replacement.replace("\n", newline)]
        done = end
    return "".join(parts) + text[done:]


def _ends(span: Span) -> Iterator[tuple[int, int]]:
    yield span.line, span.column
    yield span.end_line, span.end_column


def _offset(starts: list[int], text: str, line: int, column: int) -> int:
    return starts[line - 1] + column - 1 if 0 < line < len(starts) and column > 0 else len(text) + 1


def _hold(edit: Edit, found: str, fits: bool) -> None:
    """Refuse an edit of a text that is not there."""
    if not fits or found.replace("\r\n", "\n") != edit.original:
        raise Stale(f"{edit.span} no longer reads {printable(edit.original)!r}: trace the model again")


def unified(path: str, before: bytes, after: bytes) -> str:
    """The change as `git apply` takes it, with the path as it is given."""
    old, new = (_LINE.findall(data.decode(_encoding(data)))[:-1] for data in (before, after))
    lines = difflib.unified_diff(old, new, f"a/{path}", f"b/{path}")
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )
