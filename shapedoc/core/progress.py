"""How far a run has come, kept where it outlives the run.

The user's code may end its process at any point, in C++ too. So the last step goes to a page of
memory that the front maps as well, and is there to read whatever happened to the writer:

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     board = Board.create(f"{folder}/board")
...     Board(board.path).write(Progress(Phase.RUN, 7, "linear", "blocks.0.mlp", "net.py", 41))
...     print(board.read())
running the model, at step 7 (linear in blocks.0.mlp)
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from shapedoc.core.report import Span


class Phase(str, Enum):
    """What a run is at; the value is what a waiting user reads."""

    START = "importing torch"
    IMPORT = "importing the model's code"
    BUILD = "building the model"
    RUN = "running the model"
    PROBE = "running at other sizes"
    CHECK = "checking"
    FIX = "trying fixes"


@dataclass(frozen=True, slots=True)
class Progress:
    """A phase and, while the model runs, the step that has begun: its number, op, module, line.

    Where it is known beforehand how much there is to do, `total` of it, `done` says how much is done.
    """

    phase: Phase = Phase.START
    step: int | None = None
    op: str = ""
    module: str = ""
    path: str = ""
    line: int = 0
    done: int = 0
    total: int = 0

    def __str__(self) -> str:
        """As it reads after "while": `running the model, at step 7 (linear in blocks.0.mlp)`.

        >>> print(Progress(Phase.FIX, done=12, total=40))
        trying fixes: 12 of 40
        """
        if self.total:
            return f"{self.phase.value}: {self.done} of {self.total}"
        if self.step is None:
            return self.phase.value
        place = f" in {self.module}" if self.module else ""
        return f"{self.phase.value}, at step {self.step} ({self.op}{place})"

    @property
    def span(self) -> Span | None:
        """The line of the user's source that was running, where it is known."""
        return Span(self.path, self.line) if self.path else None


Watch = Callable[[Progress], None]


class Board:
    """A file in memory with room for two records: one is written while the other stays readable."""

    SLOT = 8192
    NAME = 512  # characters of an op or a module; the rest of the slot is for the path

    def __init__(self, path: str) -> None:
        self.path = path
        with open(path, "r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 1 + 2 * self.SLOT)

    @classmethod
    def create(cls, path: str) -> Board:
        """A new board that says a run has started."""
        Path(path).write_bytes(bytes(1 + 2 * cls.SLOT))
        board = cls(path)
        board.write(Progress())
        return board

    def write(self, progress: Progress) -> None:
        """Put a record beside the current one, then make it the current one by a single byte."""
        step = "" if progress.step is None else progress.step
        names = f"{progress.op[: self.NAME]}\0{progress.module[: self.NAME]}\0{progress.path}\0"
        counts = f"{progress.line}\0{progress.done}\0{progress.total}"
        data = f"{progress.phase.name}\0{step}\0{counts}\0{names}".encode(errors="replace")[: self.SLOT]
        slot = 1 - self._memory[0]
        start = 1 + slot * self.SLOT
        self._memory[start : start + len(data)] = data
        self._memory[0] = slot

    def read(self) -> Progress:
        """The last record written in full."""
        start = 1 + self._memory[0] * self.SLOT
        text = self._memory[start : start + self.SLOT].decode(errors="replace")
        phase, step, line, done, total, op, module, path = text.split("\0")[:8]
        place = op, module, path, int(line)
        return Progress(Phase[phase], int(step) if step else None, *place, int(done), int(total))
