"""A log, explained: its causes, and what a reader should know beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shapedoc.messages.meaning.causes import Cause, Group, explained, split
from shapedoc.messages.reading.scan import Scan, scan
from shapedoc.messages.reading.text import printable

MOST = 40  # causes shown


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a log comes down to."""

    causes: tuple[Cause, ...] = ()
    notes: tuple[str, ...] = ()
    lines: int = 0


def explanation(chunks: Iterable[bytes]) -> Explanation:
    """Reads a log that comes in pieces of any size, in bounded memory."""
    found = scan(chunks)
    hard, soft, echoes = split(found)
    causes = _precise([cause for group in hard for cause in explained(group)])
    notes = (*_survived(soft), *_echoes(echoes, causes), *_ending(found, causes), *_left_out(found, causes))
    return Explanation(tuple(causes[:MOST]), tuple(dict.fromkeys(notes)), found.lines)


def _precise(causes: list[Cause]) -> list[Cause]:
    """Without those that tell less than another of the same code: no frame, no number."""
    full = {cause.code for cause in causes if cause.frame or cause.fields}
    return [cause for cause in causes if cause.frame or cause.fields or cause.code not in full]


def _survived(groups: list[Group]) -> Iterator[str]:
    for group in groups:
        for cause in explained(group):
            yield f"a warning the run went on after, on line {cause.first.number}: {cause.message}"


def _echoes(groups: list[Group], causes: list[Cause]) -> Iterator[str]:
    ranks = {rank for cause in causes for rank in cause.ranks}
    for group in groups:
        for echo in explained(group):
            named = str(echo.fields.get("rank", ""))
            if not causes or (named and ranks and named not in ranks):
                yield echo.message


def _ending(found: Scan, causes: list[Cause]) -> Iterator[str]:
    if found.other and not causes:
        yield f"line {found.other_number} has an error that is not one of shapes: {printable(found.other)}"


def _left_out(found: Scan, causes: list[Cause]) -> Iterator[str]:
    if found.left_out:
        yield f"{found.left_out} more messages of the same kinds were counted and not read"
    if len(causes) > MOST:
        yield f"{len(causes) - MOST} more causes are left out"
