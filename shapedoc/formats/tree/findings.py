"""A finding on the page: its sentence, the source that it speaks of, notes, and fixes."""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, repeat

from rich.text import Text

from shapedoc.core.report import Finding, Fix, Label
from shapedoc.core.rules import rule_name
from shapedoc.core.text import counted, one_line
from shapedoc.formats import Page
from shapedoc.formats.tree.diff import hunks
from shapedoc.formats.tree.excerpt import Line, excerpts

INDENT = 2
BLOCKS = 4  # places in the source that are shown of one finding
GAP = 3  # columns between a place and the code beside it
PRIMARY, SECONDARY = "bold red", "bold blue"  # where it shows, and where it comes from
WIDEST_PLACE = 0.35  # of the page; longer ones get a line of their own


def finding_lines(finding: Finding, page: Page, shown: Collection[Fix] = ()) -> Iterator[Text]:
    """Everything there is to say about a finding; fixes that were shown before are only named."""
    name = one_line(f"{finding.code} {rule_name(finding.code)}")
    yield Text(name, "bold red").append(f": {one_line(finding.message)}", "default bold")
    gutter = _gutter(finding, page)
    styles = chain([PRIMARY], repeat(SECONDARY))
    blocks = _blocks(_labels(finding))
    for block, style in zip(blocks[:BLOCKS], styles, strict=False):
        lines = excerpts(block, style, page.place(block[0].span), page.width - gutter)
        yield from _beside(lines, gutter)
    shows = [f"shows at {finding.probe}"] if finding.probe else []
    rest = len(blocks[BLOCKS:])
    more = [f"{counted(rest, 'more line')} had a part in it: --format json"] if rest else []
    for note in [*shows, *more, *finding.notes]:
        yield from _hanging("note: ", note, page.width)
    for fix in (fix for fix in finding.fixes if fix not in shown):
        yield from _fix(fix, gutter, page)
    if not set(finding.fixes).isdisjoint(shown):
        yield from _hanging("fix: ", "the same as above", page.width)


def _labels(finding: Finding) -> list[Label]:
    """The place of the finding first, with its own words or those of the labels on its lines; then what a
    fix would change."""
    if finding.span is None:
        return list(finding.labels)
    place = Label(finding.span, "")
    there = [label for label in finding.labels if _overlap(label, place)]
    elsewhere = [label for label in finding.labels if not _overlap(label, place)]
    edited = {(edit.span.path, edit.span.line) for fix in finding.fixes for edit in fix.edits}
    mended = [label for label in elsewhere if (label.span.path, label.span.line) in edited]
    return [*(there or [place]), *mended, *(label for label in elsewhere if label not in mended)]


def _blocks(labels: Sequence[Label]) -> list[list[Label]]:
    """Labels that are shown together, because they lie on the same lines."""
    blocks: list[list[Label]] = []
    for label in labels:
        for block in blocks:
            if any(_overlap(label, other) for other in block):
                block.append(label)
                break
        else:
            blocks.append([label])
    return blocks


def _overlap(one: Label, other: Label) -> bool:
    first, second = one.span, other.span
    ends = max(first.line, first.end_line), max(second.line, second.end_line)
    return first.path == second.path and first.line <= ends[1] and second.line <= ends[0]


def _gutter(finding: Finding, page: Page) -> int:
    """Columns before the code: for the longest place, if that leaves room for the code."""
    spans = [label.span for label in _labels(finding)]
    spans += [edit.span for fix in finding.fixes for edit in fix.edits]
    widest = max((len(page.place(span)) for span in spans), default=0)
    return INDENT + GAP + (widest if widest <= page.width * WIDEST_PLACE else 1)


def _beside(lines: Iterable[Line], gutter: int) -> Iterator[Text]:
    """Lines behind their places; a place too long for the gutter goes above."""
    for line in lines:
        place = line.place
        if len(place) > gutter - INDENT - GAP:
            yield Text(" " * INDENT).append(place, "cyan")
            place = ""
        yield Text(" " * INDENT).append(_in_gutter(place, gutter), "cyan").append_text(line.text)


def _in_gutter(place: str, gutter: int) -> str:
    """The place at the left; a bare number of a further line below the number in it."""
    number = place.rjust(gutter - INDENT - GAP) if place.isdigit() else place
    return number.ljust(gutter - INDENT)


def _hanging(head: str, text: str, width: int) -> Iterator[Text]:
    """Words whose further lines stand below the first word."""
    room = max(1, width - INDENT - len(head))
    for index, line in enumerate(textwrap.wrap(one_line(text), room) or [""]):
        yield Text(" " * INDENT).append(head if index == 0 else " " * len(head), "bold").append(line)


def _fix(fix: Fix, gutter: int, page: Page) -> Iterator[Text]:
    trust = ", ".join(part for part in (fix.safety.value, fix.proof) if part)
    yield from _hanging("fix: ", f"{fix.title} ({trust})", page.width)
    for edit, lines in hunks(fix.edits, page.width - gutter):
        places = [page.place(edit.span), *[""] * len(lines)]
        yield from _beside([Line(place, line) for place, line in zip(places, lines, strict=False)], gutter)
