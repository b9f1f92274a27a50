"""One line of source and what is said about parts of it.

>>> marks = [Mark(14, 19, "4 heads"), Mark(21, 29, "2 heads")]
>>> for line in mark_lines("    x1 = na2d(attn1, value[0])", 4, marks, 60):
...     print(line.plain)
x1 = na2d(attn1, value[0])
          ^^^^^  ^^^^^^^^ 2 heads
          4 heads
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from shapedoc.core.text import one_line, printable

TAB = "    "


@dataclass(frozen=True)
class Mark:
    """Characters `start` to `end` of a line, from 0, the end exclusive, and the words for them."""

    start: int
    end: int
    text: str = ""
    style: str = ""


def mark_lines(line: str, indent: int, marks: Sequence[Mark], width: int) -> Iterator[Text]:
    """The line without its indentation, then as many lines as its marks need."""
    placed = sorted((_in_cells(line, indent, mark) for mark in marks), key=lambda mark: mark.start)
    code, left = _crop(shown(line[indent:]), placed, width)
    yield Text(code)
    if placed:
        yield from _below(
            [replace(mark, start=mark.start - left, end=mark.end - left) for mark in placed], width
        )


def shown(text: str) -> str:
    """Source as it stands in a terminal, where a tab takes four columns."""
    return printable(text).replace("\t", TAB)


def _in_cells(line: str, indent: int, mark: Mark) -> Mark:
    """The mark in columns of the terminal, where a tab takes four and a wide character two."""
    start, end = (cell_len(shown(line[indent:place])) for place in (mark.start, mark.end))
    return replace(mark, start=start, end=max(end, start + 1), text=one_line(mark.text))


def _crop(code: str, marks: Sequence[Mark], width: int) -> tuple[str, int]:
    """The part of a long line that holds the marks, and how much of it is cut off at the left."""
    right = max((mark.end for mark in marks), default=0)
    left = max(0, min(right - width + 1, min((mark.start for mark in marks), default=0) - 1))
    if left:
        code = "…" + code[len(set_cell_size(code, left)) + 1 :]
    return (code if cell_len(code) <= width else set_cell_size(code, width - 1) + "…"), left


def _below(marks: Sequence[Mark], width: int) -> Iterator[Text]:
    """Carets with the rightmost words beside them, then the other words, each below its caret."""
    end = min(width, max(mark.end for mark in marks))
    carets = Text(
        "".join(" ^"[any(mark.start <= column < mark.end for mark in marks)] for column in range(end))
    )
    for mark in marks:
        carets.stylize(mark.style, mark.start, mark.end)
    worded = [mark for mark in reversed(marks) if mark.text]
    if worded and worded[0].end == end and end + 1 + cell_len(worded[0].text) <= width:
        beside = worded.pop(0)
        carets.append(f" {beside.text}", beside.style)
    yield carets
    for mark in worded:
        yield from _words(mark, width)


def _words(mark: Mark, width: int) -> Iterator[Text]:
    """Words below their caret, or further left where they would not fit."""
    start = min(mark.start, max(width - cell_len(mark.text), width // 4))
    for line in textwrap.wrap(mark.text, width - start):
        yield Text(" " * start).append(line, mark.style)
