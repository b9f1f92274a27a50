"""Python source as text: lines as Python counts them, columns as editors do, the code at a span.

Compilers count columns in utf-8 bytes from 0; a `Span` counts characters from 1:

>>> span_from_positions("missing.py", 3, 3, 4, 9)
Span(path='missing.py', line=3, column=5, end_line=3, end_column=10)
>>> span_from_positions("missing.py", 3)
Span(path='missing.py', line=3, column=0, end_line=0, end_column=0)
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import os
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from shapedoc.core.report import Span

Position = tuple[int, int]  # line from 1, utf-8 byte from 0, as `ast` has them
Placed = ast.expr | ast.stmt | ast.keyword | ast.arg  # nodes that say where they stand


@dataclass(frozen=True)
class Source:
    """One file of Python. `lines` carry no line ends; a file that cannot be read has none."""

    path: str
    lines: tuple[str, ...]

    def line(self, number: int) -> str:
        """Line `number`, counted from 1; empty where there is none."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def slice(self, span: Span) -> str:
        """The text inside a span, or the whole line where columns are unknown."""
        if not span.column:
            return self.line(span.line).strip()
        lines = [self.line(number) for number in range(span.line, span.end_line + 1)]
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return "\n".join(lines)

    def extent(self, span: Span) -> tuple[Position, Position]:
        """Where a span starts and ends, in the units of `ast`."""
        if span.column:
            return self._position(span.line, span.column), self._position(span.end_line, span.end_column)
        code = self.line(span.line)
        start = len(code) - len(code.lstrip()) + 1
        return self._position(span.line, start), self._position(span.line, len(code.rstrip()) + 1)

    def _position(self, line: int, column: int) -> Position:
        return line, len(self.line(line)[: column - 1].encode())

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; empty where the text is no Python."""
        try:
            return ast.parse("\n".join(self.lines), self.path)
        except (SyntaxError, ValueError):
            return ast.Module(body=[], type_ignores=[])


_instead: dict[str, Source] = {}


@contextlib.contextmanager
def read_instead(files: Mapping[str, bytes]) -> Iterator[None]:
    """Have these bytes read for files, whatever is on the disk."""
    _instead.update({path: _source(path, data) for path, data in files.items()})
    try:
        yield
    finally:
        for path in files:
            del _instead[path]


def read_source(path: str) -> Source:
    """The source of a file, read once per version of the file."""
    if path in _instead:
        return _instead[path]
    try:
        stat = os.stat(path)
    except (OSError, ValueError):  # a cell of a notebook, or nothing at all
        cell = linecache.getlines(path) if path in linecache.cache else ()
        return Source(path, tuple(line.rstrip("\n") for line in cell))
    return _read_version(path, stat.st_mtime_ns, stat.st_size)


@lru_cache(maxsize=256)
def _read_version(path: str, mtime_ns: int, size: int) -> Source:
    try:
        return _source(path, Path(path).read_bytes())
    except OSError:
        return Source(path, ())


def _source(path: str, data: bytes) -> Source:
    return Source(path, tuple(_decode(data).split("\n")))


def _decode(data: bytes) -> str:
    """Decoded as Python would, by mark, cookie or utf-8; a wrong byte costs one character, not the file."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError:
        encoding = "utf-8"
    text = data.decode(encoding, errors="replace")
    # str.splitlines() would also split at form feeds and U+2028, where Python does not.
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")


def span_from_positions(
    path: str, line: int, end_line: int | None = None, col: int | None = None, end_col: int | None = None
) -> Span:
    """A span from what `ast` nodes and `code.co_positions()` tell; what they leave out stays unknown."""
    if end_line is None or col is None or end_col is None:
        return Span(path, line)
    source = read_source(path)
    return Span(
        path, line, _column(source.line(line), col), end_line, _column(source.line(end_line), end_col)
    )


def _column(line: str, byte: int) -> int:
    return (byte if line.isascii() else len(line.encode()[:byte].decode(errors="ignore"))) + 1


def span_of(node: Placed, path: str) -> Span:
    """The span of a syntax node of the file at `path`."""
    return span_from_positions(path, node.lineno, node.end_lineno, node.col_offset, node.end_col_offset)


def expression_at(span: Span) -> str:
    """The code at a span as it is written; empty where the file cannot be read."""
    return read_source(span.path).slice(span)


def nodes_at(span: Span) -> tuple[ast.AST, ...]:
    """The syntax nodes around a span, outermost first, each inside the one before it."""
    source = read_source(span.path)
    start, end = source.extent(span)
    found: list[ast.AST] = []
    inner: ast.AST | None = source.tree
    while inner is not None:
        inner = next((child for child in ast.iter_child_nodes(inner) if _covers(child, start, end)), None)
        found += [inner] if inner is not None else []
    return tuple(found)


def _covers(node: ast.AST, start: Position, end: Position) -> bool:
    line = getattr(node, "lineno", None)
    if line is None:  # a comprehension's `for`, a function's arguments: they have no place of their own
        return any(_covers(child, start, end) for child in ast.iter_child_nodes(node))
    last: Position = (getattr(node, "end_lineno", line), getattr(node, "end_col_offset", 0))
    return (line, getattr(node, "col_offset", 0)) <= start and end <= last


def ast_node_at(span: Span) -> ast.AST | None:
    """The smallest syntax node that covers a span."""
    nodes = nodes_at(span)
    return nodes[-1] if nodes else None
