"""Lines of source with their labels: carets under the code, words beside or below them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.text import Text

from shapedoc.core.report import Label
from shapedoc.core.source import Source, read_source
from shapedoc.core.text import printable
from shapedoc.formats.tree.carets import Mark, mark_lines

MOST = 6  # lines of one label; what is between its first and last ones is left out


@dataclass(frozen=True)
class Line:
    """What stands on one line, and before it the place, where the line is one of the source."""

    place: str
    text: Text


def excerpts(labels: Sequence[Label], style: str, place: str, width: int) -> Iterator[Line]:
    """The lines of labels that lie on common lines of one file."""
    source = read_source(labels[0].span.path)
    numbers = sorted({number for label in labels for number in _numbers(label)})
    if not any(source.line(number) for number in numbers):
        yield from (
            Line(place if label is labels[0] else "", Text(printable(label.text))) for label in labels
        )
        return
    indent = min(_indent(source.line(number)) for number in numbers if source.line(number).strip())
    for number, before in zip(numbers, [numbers[0] - 1, *numbers], strict=False):
        if number > before + 1:
            yield Line("", Text("…", "dim"))
        marks = [mark for label in labels if (mark := _mark(label, number, source, style))]
        code, *below = mark_lines(source.line(number), indent, marks, width)
        yield Line(place if number == numbers[0] else str(number), code)
        yield from (Line("", line) for line in below)


def _numbers(label: Label) -> list[int]:
    span = label.span
    numbers = list(range(span.line, max(span.line, span.end_line) + 1))
    return numbers if len(numbers) <= MOST else numbers[: MOST // 2] + numbers[-MOST // 2 :]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _mark(label: Label, number: int, source: Source, style: str) -> Mark | None:
    """The part of a label that lies on one line; its words stand on the last of them."""
    span, line = label.span, source.line(number)
    last = max(span.line, span.end_line)
    if not span.line <= number <= last or not line.strip():
        return None
    start = span.column - 1 if span.column and number == span.line else _indent(line)
    end = span.end_column - 1 if span.column and number == last else len(line.rstrip())
    return Mark(start, max(end, start + 1), label.text if number == last else "", style)
