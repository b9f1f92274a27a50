"""A fault at its place in the log: its numbers, its traceback, its rank."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice

from shapedoc.messages._fault import Fault
from shapedoc.messages.meaning import unknown
from shapedoc.messages.reading import traceback
from shapedoc.messages.reading.catalogue import recognise
from shapedoc.messages.reading.frames import Frame, read, users
from shapedoc.messages.reading.passage import Passage, Placed
from shapedoc.messages.reading.prefixes import Line
from shapedoc.messages.reading.text import printable
from shapedoc.messages.reading.traceback import HEAD, PAUSED, RAISED, Stack
from shapedoc.messages.reading.wording import Fields

WRAPPED = 3  # lines above and below that a message broken by a terminal may reach
WIDEST = 500  # characters of a line that a terminal may have broken
HEADER = 12  # lines above the telling one that may belong to the message
LONGEST_MESSAGE = 4000
MESSAGE = 24  # lines of it that are looked at for more numbers

BARE_ASSERTION = re.compile(r"^\W{0,4}AssertionError(?:$|: )")

# Source text and names of tests quote an error without having it.
SOURCE = re.compile(
    r"\b(?:raise|assert|raises|match|TORCH_CHECK\w{0,10}|warn\w{0,10}|print|log\w{0,8}\.\w{4,9})\b"
)
TEST_NAME = re.compile(r"(?:::|\btest)\w{0,200}\[?(?:(?! - |Error).){0,300}$")


@dataclass(frozen=True, slots=True)
class Sighting:
    """One fault, seen once."""

    fault: Fault
    fields: Fields
    position: int
    number: int  # line of the log, from 1, on which the message begins
    line: Line
    header: str = ""  # the exception's first line
    text: str = ""  # the telling line, those below it, then those above it
    stack: Stack = field(default_factory=Stack)
    user_code: tuple[Frame, ...] = ()  # what a compiler names as the source it was compiling


@dataclass(frozen=True, slots=True)
class Place:
    """A fault on line `index` of some lines of a log."""

    lines: list[Placed]
    index: int
    fault: Fault
    fields: Fields
    before: str = ""  # what stands before it on its line

    @property
    def position(self) -> int:
        return self.lines[self.index].position


def located(passage: Passage) -> list[Place]:
    """The faults that a line tells of, alone or, where a terminal broke the message, with its neighbours."""
    here = passage.here()
    if (found := _faults(here)) or len(passage.line.text) > WIDEST:
        return found
    up, down = islice(passage.up(), WRAPPED), islice(passage.down(), WRAPPED)
    return _faults([*reversed(list(up)), *here, *down])


def sight(passage: Passage, place: Place, earlier: Sighting | None) -> Sighting:
    """Reads what belongs to a located fault. `earlier` is the rank's last one: its message may go on here."""
    lines, index = place.lines, place.index
    number = passage.number_of(lines[index])
    seen = Sighting(place.fault, place.fields, place.position, number, passage.line)
    first = lines[0].position
    up = chain(reversed(lines[: index + 1]), (placed for placed in passage.up() if placed.position < first))
    message, above, goes_on = _header(up, earlier)
    if goes_on and earlier:
        return replace(seen, header=earlier.header, stack=earlier.stack, user_code=earlier.user_code)
    header, number = message[0].text, passage.number_of(message[0])
    down = list(islice(_after(lines, index, passage), traceback.FORWARD))
    text = "\n".join([lines[index].text, *down[:MESSAGE], *(placed.text for placed in message[:-1])])[
        :LONGEST_MESSAGE
    ]
    stack = Stack() if PAUSED.search(header) else traceback.above(placed.text for placed in above)
    stack = stack if stack.frames else Stack(traceback.trailing(down) or traceback.warned(lines[index].text))
    seen = replace(seen, number=number, header=header, text=text)
    return replace(seen, stack=stack, user_code=traceback.below(down))


def _faults(lines: list[Placed]) -> list[Place]:
    text = "\n".join(placed.text for placed in lines)
    return [
        Place(
            lines,
            text.count("\n", 0, found.match.start),
            found.fault,
            found.match.fields,
            _before(text, found.match.start),
        )
        for found in recognise(text)
    ]


def _before(text: str, start: int) -> str:
    return text[max(text.rfind("\n", 0, start) + 1, start - WIDEST) : start]


def quoted(before: str) -> bool:
    """Whether what stands before a text on its line shows that it is only quoted.

    >>> quoted("tests/test_net.py::test_raises["), quoted("FAILED tests/test_net.py::test_x - RuntimeError: ")
    (True, False)
    >>> quoted('        raise ValueError("'), quoted('print(f"{e}")  # prints ')
    (True, False)
    """
    source = SOURCE.search(before)
    literal = before[source.end() :] if source else ""
    return bool(TEST_NAME.search(before)) or literal.count('"') % 2 == 1 or literal.count("'") % 2 == 1


def unread(passage: Passage) -> Sighting | None:
    """An exception that no wording fits, where its words or the asserting line still speak of shapes."""
    text = passage.line.text
    lines = passage.here()
    if unknown.looks_like_shapes(text):
        return sight(passage, Place(lines, 0, unknown.UNKNOWN, {"text": printable(text)}), None)
    if not BARE_ASSERTION.match(text):
        return None
    seen = sight(passage, Place(lines, 0, unknown.UNKNOWN, {}), None)
    frame = users(seen.stack.frames)
    fault = unknown.asserted(frame.code) if frame else None
    return replace(seen, fault=fault) if fault else None


def _after(lines: list[Placed], index: int, passage: Passage) -> Iterator[str]:
    last = lines[-1].position
    yield from (placed.text for placed in lines[index + 1 :])
    yield from (placed.text for placed in passage.down() if placed.position > last)


def _header(up: Iterable[Placed], earlier: Sighting | None) -> tuple[list[Placed], Iterator[Placed], bool]:
    """The message up from the telling line, the lines above it, and whether it goes on from `earlier`."""
    source = iter(up)
    read_lines = [next(source)]
    for placed in _until_raised(read_lines[0], source):
        if earlier and placed.position == earlier.position:
            return [], source, True
        read_lines.append(placed)
    if RAISED.match(read_lines[-1].text) or PAUSED.search(read_lines[-1].text):
        return read_lines[::-1], source, False
    return read_lines[:1], chain(read_lines[1:], source), False


def _until_raised(first: Placed, source: Iterator[Placed]) -> Iterator[Placed]:
    if RAISED.match(first.text):
        return
    for placed in islice(source, HEADER):
        yield placed
        text = placed.text
        if RAISED.match(text) or PAUSED.search(text) or not text.strip() or HEAD.search(text) or read(text):
            return
