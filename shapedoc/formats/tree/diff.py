"""A fix as the lines it takes away and the lines it puts there, only what changes in colour.

>>> from shapedoc.core.report import Span
>>> edit = Edit(Span("net.py", 8, 7, 8, 8), "c.T")
>>> [line.plain for line in changed_lines(["x = f(a,", "      b)"], 7, [edit])]
['- b)', '+ c.T)']
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from rich.text import Text

from shapedoc.core.report import Edit
from shapedoc.core.source import read_source
from shapedoc.core.text import difference
from shapedoc.formats.tree.carets import shown

OLD, NEW = "red", "green"
SIGN = "- "
CONTEXT = 16  # unchanged characters that stay in front of a change


def hunks(edits: Sequence[Edit], width: int) -> Iterator[tuple[Edit, list[Text]]]:
    """The lines of edits that touch each other's lines, with the first of these edits."""
    ordered = sorted(edits, key=lambda edit: (edit.span.path, edit.span.line, edit.span.column))
    while ordered:
        near = _touching(ordered)
        first = near[0].span.line
        source = read_source(near[0].span.path)
        old = [source.line(number) for number in range(first, max(edit.span.end_line for edit in near) + 1)]
        yield near[0], list(_fitted(changed_lines(old, first, near), width))
        ordered = ordered[len(near) :]


def _touching(ordered: Sequence[Edit]) -> list[Edit]:
    near = [ordered[0]]
    for edit in ordered[1:]:
        if edit.span.path != near[0].span.path or edit.span.line > near[-1].span.end_line + 1:
            break
        near.append(edit)
    return near


def changed_lines(old_lines: Sequence[str], first: int, edits: Sequence[Edit]) -> list[Text]:
    """`- ` and `+ ` lines of a stretch of source that begins at line `first`; edits are in their order."""
    text = "\n".join(old_lines)
    starts = list(accumulate((len(line) + 1 for line in old_lines), initial=0))
    old, new, done = Text(), Text(), 0
    for edit in edits:
        span = edit.span
        start = starts[span.line - first] + max(0, span.column - 1)
        end = starts[span.end_line - first] + max(0, span.end_column - 1)
        old.append(shown(text[done:start])).append(shown(text[start:end]), OLD)
        new.append(shown(text[done:start])).append(shown(edit.replacement), NEW)
        done = end
    return _marked(old.append(shown(text[done:])), new.append(shown(text[done:])))


def _marked(old: Text, new: Text) -> list[Text]:
    """Both sides without the lines and the indentation they share."""
    before, after = list(old.split("\n", allow_blank=True)), list(new.split("\n", allow_blank=True))
    for end in (0, -1):
        while before and after and before[end].plain == after[end].plain:
            del before[end], after[end]
    lines = [line.plain for line in before + after if line.plain.strip()]
    indent = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    sides = (("- ", OLD, before), ("+ ", NEW, after))
    return [
        Text().append(sign, style).append_text(line[indent:]) for sign, style, side in sides for line in side
    ]


def _fitted(lines: Sequence[Text], width: int) -> Iterator[Text]:
    """Lines within the width, each with what changes in it; an old line and its new one are cut alike."""
    bodies, room = [line[len(SIGN) :] for line in lines], width - len(SIGN)
    alike = [bodies] * 2 if len(lines) == 2 else [[body] for body in bodies]
    for line, body, together in zip(lines, bodies, alike, strict=True):
        start, end = difference(*(each.plain for each in together)) if len(together) == 2 else _styled(body)
        too_long = end >= room and any(each.cell_len > room for each in together)
        left = max(0, start - min(CONTEXT, max(0, room - 2 - (end - start)))) if too_long else 0
        for index, piece in enumerate(_cut(body, left, end, room)):
            yield (Text(" " * len(SIGN)) if index else line[: len(SIGN)]).append_text(piece)


def _cut(code: Text, left: int, end: int, width: int) -> Iterator[Text]:
    """The code from `left` as far as it fits, or on several lines where its change ends beyond the first."""
    if left:
        code, end = Text("…").append_text(code[left:]), end - left + 1
    if code.cell_len > width and code[:end].cell_len >= width:
        rest = Text("…") if len(code) > end + 1 else code[end:]
        yield from code[:end].append_text(rest).divide(range(width, end + 1, width))
        return
    fitting = code.copy()
    fitting.truncate(width, overflow="ellipsis")
    yield fitting


def _styled(line: Text) -> tuple[int, int]:
    """Where the first change of a line begins and the last one ends; at its beginning where there is none."""
    changed = [span for span in line.spans if span.style in (OLD, NEW)]
    return min((span.start for span in changed), default=0), max((span.end for span in changed), default=0)
