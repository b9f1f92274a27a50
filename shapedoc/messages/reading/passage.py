r"""A line of a log and the lines around it that belong to the same rank or process.

>>> from shapedoc.messages.reading.windows import Window
>>> log = b"[rank0]: one\n[rank1]: two\n[rank0]: three\n"
>>> passage = at(Window(log, 0, len(log)), log.index(b"three"))
>>> [placed.line.text for placed in passage.up()]
['one']
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shapedoc.messages.reading.prefixes import Line, strip
from shapedoc.messages.reading.text import clean, unfold
from shapedoc.messages.reading.windows import LONGEST, Window


@dataclass(frozen=True, slots=True)
class Placed:
    """A line, and the byte of the log that it starts at."""

    position: int
    line: Line

    @property
    def text(self) -> str:
        return self.line.text


@dataclass(frozen=True, slots=True)
class Passage:
    """Bytes `start` to `end` of a window: a line of a log, or the part of a long one that matters."""

    window: Window
    start: int
    end: int
    line: Line
    number: int = 0  # in the log, from 1

    def here(self) -> list[Placed]:
        """The line itself; where JSON has folded a traceback into it, the lines that it was."""
        position, rank, level = self.window.base + self.start, self.line.rank, self.line.level
        return [Placed(position, Line(rank, level, text)) for text in unfold(self.line.text).split("\n")]

    def number_of(self, placed: Placed) -> int:
        """The number in the log of a line of this passage or near it."""
        start, other = self.start, placed.position - self.window.base
        count = self.window.data.count
        return self.number + count(b"\n", start, other) - count(b"\n", other, start)

    def up(self) -> Iterator[Placed]:
        """The lines above, the nearest first."""
        data, end = self.window.data, self.start
        while end > 0:
            end -= 1
            low = max(0, end - LONGEST)
            start = max(data.rfind(b"\n", low, end) + 1, low)
            start = max(data.rfind(b"\r", start, end) + 1, start)
            yield from self._placed(start, end)
            end = start

    def down(self) -> Iterator[Placed]:
        """The lines below."""
        start = self.end + 1
        while start < len(self.window.data):
            _, end = self.window.line_around(start)
            yield from self._placed(start, end)
            start = end + 1

    def _placed(self, start: int, end: int) -> Iterator[Placed]:
        line = strip(clean(self.window.data[start:end]))
        if line.rank == self.line.rank:
            yield Placed(self.window.base + start, line)


def at(window: Window, position: int, number: int = 0) -> Passage:
    """The passage around a byte of a window."""
    start, end = window.line_around(position)
    return Passage(window, start, end, strip(clean(window.data[start:end])), number)
