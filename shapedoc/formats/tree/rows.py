"""Lines of the tree in columns that line up across its levels, as far as the width allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from rich.tree import Tree

GUIDE = 4  # columns that a level of the tree takes
LABELS, INPUTS = 0.5, 0.3  # shares of the width that aligned columns may take


@dataclass(frozen=True)
class Row:
    """One line of the tree, and the lines below it."""

    label: str
    inputs: str = ""
    outputs: str = ""
    place: str = ""
    hot: bool = False
    inner: tuple[Row, ...] = ()

    @property
    def mark(self) -> str:
        """A cross behind a module that failed or holds a finding; a step carries its own."""
        return "✗" if self.hot and not self.label.startswith("✗") else ""


def lay_out(tree: Tree, rows: Sequence[Row], width: int) -> None:
    """Hang the rows below a tree's root."""
    levels = [(row, level) for top in rows for row, level in _walk(top, 1)]
    label = _widest([GUIDE * level + cell_len(row.label) for row, level in levels], int(width * LABELS))
    inputs = _widest([cell_len(row.inputs) for row, _ in levels], int(width * INPUTS))
    for row in rows:
        _grow(tree, row, _Columns(width, label, inputs), 1)


def _walk(row: Row, level: int) -> Iterator[tuple[Row, int]]:
    yield row, level
    for inner in row.inner:
        yield from _walk(inner, level + 1)


def _widest(widths: list[int], most: int) -> int:
    """The widest of what is not too wide: one long line must not push all others to the right."""
    return max((width for width in widths if width <= most), default=0)


@dataclass(frozen=True)
class _Columns:
    width: int
    label: int
    inputs: int


def _grow(tree: Tree, row: Row, columns: _Columns, level: int) -> None:
    branch = tree.add(_line(row, columns, GUIDE * level))
    for inner in row.inner:
        _grow(branch, inner, columns, level + 1)


def _line(row: Row, columns: _Columns, indent: int) -> Text:
    """Aligned if that fits, else closed up, else without the place, else on two lines."""
    room = columns.width - indent
    cells = [
        (row.label, "bold" if row.hot else ""),
        (row.inputs, ""),
        (row.outputs, ""),
        (row.mark, "bold red"),
    ]
    place = [(row.place, "dim")]
    aligned = (columns.label - indent, *[columns.inputs] * bool(row.inputs))
    for line in (_joined(cells + place, aligned), _joined(cells + place), _joined(cells)):
        if line.cell_len <= room:
            return line
    return Text("\n").join([_joined(cells[:1]), _joined([("", ""), *cells[1:], *place], (2,))])


def _joined(cells: Sequence[tuple[str, str]], widths: Sequence[int] = ()) -> Text:
    """Cells two spaces apart, the first padded to their widths; empty ones without a width are left out."""
    line = Text()
    for index, (text, style) in enumerate(cells):
        line.append(text, style)
        padding = widths[index] - cell_len(text) if index < len(widths) else 0
        line.append(" " * (max(0, padding) + 2 * bool(text or index < len(widths))))
    line.rstrip()
    return line
