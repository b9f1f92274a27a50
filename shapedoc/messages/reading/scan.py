"""A log, read once: the faults it tells of, how often, and what else ended a run.

Most of a log is never looked at line by line. Pieces of words that error texts share are searched
for in large blocks, and only the lines that hold one are read.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shapedoc.messages.meaning.unknown import UNKNOWN
from shapedoc.messages.reading.catalogue import STEMS, by_anchor
from shapedoc.messages.reading.passage import Passage, at
from shapedoc.messages.reading.sighting import Place, Sighting, located, quoted, sight, unread
from shapedoc.messages.reading.traceback import RAISED
from shapedoc.messages.reading.windows import Window, windows

DIGITS = b"0123456789"
EXCEPTION = b"Error"
ALIKE = 2  # lines that differ in digits only are read so often before the rest of them is passed over
SHORT = 1 << 18  # logs up to this size are searched for the rare words too
SAME = 8  # sightings with the same numbers whose traceback is read
READ = 32  # sightings of one fault whose traceback is read
RECENT = 16  # places that a line near by may find again
DISTINCT = 20_000  # entries of a list, and kinds of dull lines, that are remembered


@dataclass(slots=True)
class Scan:
    """What a log holds."""

    sightings: list[Sighting] = field(default_factory=list)
    repeats: Counter[int] = field(default_factory=Counter)  # how often the sighting of that index came again
    left_out: int = 0
    lines: int = 0
    other: str = ""  # the last exception that is no fault of shapes
    other_number: int = 0


def scan(chunks: Iterable[bytes]) -> Scan:
    """Reads a log that comes in pieces of any size."""
    scanner = _Scanner()
    for window in windows(chunks):
        for passage in scanner.candidates(window):
            scanner.look(passage)
        scanner.result.lines = (
            window.lines + window.data.count(b"\n") + (window.data[-1:] not in (b"", b"\n"))
        )
    return scanner.result


class _Scanner:
    def __init__(self) -> None:
        self.result = Scan()
        self.covered = 0  # byte of the log up to which lines have been read
        self.dull: Counter[bytes] = Counter()
        self.known: dict[object, int] = {}
        self.seen: Counter[object] = Counter()
        self.read: Counter[int] = Counter()  # by fault
        self.earlier: dict[str, Sighting] = {}
        self.counted = 0, 0  # a byte of the log and the line ends before it
        self.taken: deque[object] = deque(maxlen=RECENT)

    def candidates(self, window: Window) -> Iterator[Passage]:
        """The lines of a window that hold an anchor and are not like others that told nothing."""
        for position in sorted(self._hits(window)):
            if window.base + position < self.covered:
                continue
            start, end = window.line_around(position)
            self.covered = window.base + end
            if self.dull[window.data[start:end].translate(None, DIGITS)] < ALIKE:
                yield at(window, position, self._number(window, start))

    def _number(self, window: Window, start: int) -> int:
        """The number of the line at `start`, counted on from the last one asked for."""
        counted, number = self.counted if self.counted[0] >= window.base else (window.base, window.lines)
        number += window.data.count(b"\n", counted - window.base, start)
        self.counted = window.base + start, number
        return number + 1

    def _hits(self, window: Window) -> Iterator[int]:
        data, low, high = window.data, window.low, window.high
        short = window.base == 0 and len(data) < SHORT
        for anchor in (anchor.encode() for anchor in (by_anchor() if short else STEMS)):
            found = data.find(anchor, low, high + len(anchor) - 1)
            while found >= 0:
                yield found
                found = data.find(anchor, found + len(anchor), high + len(anchor) - 1)
        found = data.find(EXCEPTION, low, high)
        while found >= 0:
            if data[found - 1 : found].isalpha() or found == 0:
                yield found
            found = data.find(EXCEPTION, found + len(EXCEPTION), high)

    def look(self, passage: Passage) -> None:
        """Takes in what a line tells of."""
        places = located(passage)
        for place in places:
            self._take(passage, place)
        if not places and not self._unknown(passage):
            self._forget(passage)

    def _take(self, passage: Passage, place: Place) -> None:
        key = (id(place.fault), tuple(place.fields.items()), passage.line.rank)
        if (place.position, key) in self.taken:  # a broken message, found again from its next line
            return
        if key not in self.known and quoted(place.before):
            return
        self.taken.append((place.position, key))
        if key in self.known and self.seen[key] >= SAME:
            self.result.repeats[self.known[key]] += 1
        elif self.read[id(place.fault)] < (DISTINCT if place.fault.gather else READ):
            self._keep(key, sight(passage, place, self.earlier.get(passage.line.rank)))
        else:
            self.result.left_out += 1

    def _keep(self, key: object, sighting: Sighting) -> None:
        self.seen[key] += 1
        self.read[id(sighting.fault)] += 1
        self.known[key] = len(self.result.sightings)
        self.result.sightings.append(sighting)
        self.earlier[sighting.line.rank] = sighting

    def _unknown(self, passage: Passage) -> bool:
        """An exception without a wording: a fault of shapes by its looks, or what else ended the run."""
        text = passage.line.text
        if not RAISED.match(text):
            return False
        if self.read[id(UNKNOWN)] < READ and (sighting := unread(passage)):
            self._keep(sighting.header, sighting)
        else:
            self.result.other, self.result.other_number = text, passage.number
        return True

    def _forget(self, passage: Passage) -> None:
        if len(self.dull) > DISTINCT:
            self.dull.clear()
        self.dull[passage.window.data[passage.start : passage.end].translate(None, DIGITS)] += 1
