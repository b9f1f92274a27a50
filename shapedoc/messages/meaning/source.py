"""The user's own source, where it may be read: only below one folder, only what the log's line confirms.

Paths in a log are somebody's claim. They are looked up by their last parts below the folder, never
followed upwards or through links that leave it, and a file counts only if the line that the log
quotes stands in it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shapedoc.core.report import Span
from shapedoc.messages.reading.frames import Frame

LARGEST = 4 << 20
DEEPEST = 16  # folders of a path that are tried
ABSOLUTE = r"^(?:[A-Za-z]:)?[\\/]|^~"


@dataclass(frozen=True)
class Site:
    """A line of a file that could be read."""

    path: Path
    line: int
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The file, parsed; empty if it is for another version of Python."""
        try:
            return ast.parse(self.text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ast.Module([], [])

    @property
    def code(self) -> str:
        return self.text.splitlines()[self.line - 1].strip()

    def span(self, node: ast.expr, path: str) -> Span:
        """The stretch of source of an expression; ast counts bytes, a span counts characters."""
        end_line, end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        start_column, end_column = self._column(node.lineno, node.col_offset), self._column(end_line, end)
        return Span(path, node.lineno, start_column, end_line, end_column)

    def _column(self, line: int, offset: int) -> int:
        return len(self.text.splitlines()[line - 1].encode()[:offset].decode("utf-8", "ignore")) + 1

    def enclosing(self, kind: type[ast.AST] | tuple[type[ast.AST], ...]) -> ast.AST | None:
        """The innermost class, function or statement around the line."""
        around = [
            n
            for n in ast.walk(self.tree)
            if isinstance(n, kind) and _lines(n)[0] <= self.line <= _lines(n)[1]
        ]
        return max(around, key=lambda node: (_lines(node)[0], -_lines(node)[1]), default=None)


def _lines(node: ast.AST) -> tuple[int, int]:
    start = getattr(node, "lineno", 0)
    return start, getattr(node, "end_lineno", None) or start


@dataclass(frozen=True)
class Folder:
    """Where source may be read. `given` by the user: paths of another machine are matched by their ends."""

    root: Path
    given: bool = False

    def site(self, frame: Frame) -> Site | None:
        """The frame's line, if a file below the folder holds it."""
        for path in self._candidates(frame.path):
            text = self._read(path)
            line = _confirmed(text.splitlines(), frame) if text else 0
            if line:
                return Site(path, line, text)
        return None

    def _candidates(self, path: str) -> list[Path]:
        if "\0" in path or path.startswith("<"):
            return []
        if not self.given:
            inside = Path(path)
            return [inside if inside.is_absolute() else self.root / inside]
        parts = [
            part for part in re.split(r"[\\/]+", re.sub(ABSOLUTE, "", path)) if part not in ("", ".", "..")
        ]
        return [
            self.root.joinpath(*parts[start:]) for start in range(max(0, len(parts) - DEEPEST), len(parts))
        ]

    def _read(self, path: Path) -> str:
        try:
            real = path.resolve()
            if (
                not real.is_relative_to(self.root.resolve())
                or not real.is_file()
                or real.stat().st_size > LARGEST
            ):
                return ""
            return real.read_text("utf-8")
        except (OSError, ValueError, RuntimeError):
            return ""


def _confirmed(lines: list[str], frame: Frame) -> int:
    """The line of the file that the log quotes: the one it names, else the only one that reads so."""
    wanted = _squashed(frame.code)
    if 1 <= frame.line <= len(lines) and (
        not wanted or _squashed("".join(lines[frame.line - 1 : frame.line + 7])).startswith(wanted)
    ):
        return frame.line if wanted else 0
    same = [number for number, line in enumerate(lines, 1) if wanted and _squashed(line) == wanted]
    return same[0] if len(same) == 1 else 0


def _squashed(text: str) -> str:
    return "".join(text.split())
