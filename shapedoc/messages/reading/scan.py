"""A log, read once: the faults it tells of, how often, and what else ended a run.

Most lines of a log differ from others in numbers, hashes and addresses only. One of each kind is looked
at, and read if it holds a piece of a word that error texts share; the rest of its kind is passed over if
it told nothing.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from shapedoc.messages.meaning.unknown import UNKNOWN
from shapedoc.messages.reading.catalogue import STEMS, by_anchor
from shapedoc.messages.reading.passage import Passage, at
from shapedoc.messages.reading.sighting import BARE_ASSERTION, Place, Sighting, located, quoted, sight, unread
from shapedoc.messages.reading.traceback import RAISED
from shapedoc.messages.reading.windows import LONGEST, Window, windows

DIGITS = b"0123456789abcdef"
EXCEPTION = "Error"
SHORT = 1 << 18  # logs up to this size are searched for the rare words too
SAME = 8  # sightings with the same numbers whose traceback is read
READ = 32  # sightings of one fault whose traceback is read
ASSERTIONS = 200  # without words, whose traceback is read
RECENT = 16  # places that a line near by may find again
LONGEST_ANCHOR = 40
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


def scan(pieces: Iterable[bytes]) -> Scan:
    """Reads a log that comes in pieces of any size."""
    scanner = _Scanner()
    for window in windows(pieces):
        scanner.read(window)
        scanner.result.lines = (
            window.lines + window.data.count(b"\n") + (window.data[-1:] not in (b"", b"\n"))
        )
    return scanner.result


@cache
def _anchors() -> re.Pattern[bytes]:
    return re.compile("|".join([EXCEPTION, *STEMS]).encode())


@cache
def _rare() -> tuple[bytes, ...]:
    return tuple(anchor.encode() for anchor in by_anchor() if anchor not in STEMS)


class _Scanner:
    def __init__(self) -> None:
        self.result = Scan()
        self.covered = 0  # byte of the log up to which lines have been read
        self.dull: set[bytes] = set()  # lines without their digits, hexadecimal ones too
        self.known: dict[object, int] = {}
        self.seen: Counter[object] = Counter()
        self.told: Counter[int] = Counter()  # by fault
        self.earlier: dict[str, Sighting] = {}
        self.counted = 0, 0  # a byte of the log and the line ends before it
        self.asserted = 0
        self.taken: deque[object] = deque(maxlen=RECENT)

    def read(self, window: Window) -> None:
        """The lines of a window that are not like others which told nothing."""
        owned, start = window.data[window.low : window.high].replace(b"\r", b"\n"), window.low
        rare = _rare() if window.base == 0 and len(window.data) < SHORT else ()
        for key, line in zip(owned.translate(None, DIGITS).split(b"\n"), owned.split(b"\n"), strict=True):
            end = start + len(line)
            cut = end == window.high  # the rest of it, and of an anchor, comes with the next window
            if key not in self.dull or cut:
                hits = _anchors().finditer(window.data, start, end + LONGEST_ANCHOR * cut)
                places = [hit.start() for hit in hits] or [start + line.find(a) for a in rare if a in line]
                told = [self._look(window, place) for place in places]
                if not any(told):
                    self._forget(key)
            start = end + 1

    def _look(self, window: Window, position: int) -> bool:
        """Whether the line at an anchor tells of something."""
        if window.base + position < self.covered:
            return False
        start, end = window.line_around(position)
        self.covered = window.base + end
        passage = at(window, position, self._number(window, start))
        return any([self._take(passage, place) for place in located(passage)] or [self._raised(passage)])

    def _number(self, window: Window, start: int) -> int:
        """The number of the line at `start`, counted on from the last one asked for."""
        counted, number = self.counted if self.counted[0] >= window.base else (window.base, window.lines)
        number += window.data.count(b"\n", counted - window.base, start)
        self.counted = window.base + start, number
        return number + 1

    def _take(self, passage: Passage, place: Place) -> bool:
        """Keeps or counts a fault; false for one that is only quoted, or found before from a line near by."""
        key = (id(place.fault), tuple(place.fields.items()), passage.line.rank)
        if (place.position, key) in self.taken:
            return True
        if key not in self.known and quoted(place.before):
            return False
        self.taken.append((place.position, key))
        if key in self.known and self.seen[key] >= SAME:
            self.result.repeats[self.known[key]] += 1
        elif self.told[id(place.fault)] < (DISTINCT if place.fault.gather else READ):
            self._keep(key, sight(passage, place, self.earlier.get(passage.line.rank)))
        else:
            self.result.left_out += 1
        return True

    def _keep(self, key: object, sighting: Sighting) -> None:
        self.seen[key] += 1
        self.told[id(sighting.fault)] += 1
        self.known[key] = len(self.result.sightings)
        self.result.sightings.append(sighting)
        self.earlier[sighting.line.rank] = sighting

    def _raised(self, passage: Passage) -> bool:
        """Keeps an exception without a wording that is a fault by its looks, and notes any other."""
        text = passage.line.text
        if not RAISED.match(text):
            return False
        if self.told[id(UNKNOWN)] < READ and (sighting := unread(passage)):
            self._keep(sighting.header, sighting)
            return True
        self.result.other, self.result.other_number = text, passage.number
        bare = bool(BARE_ASSERTION.match(text))  # these look alike, the lines that they quote do not
        self.asserted += bare
        return bare and self.asserted < ASSERTIONS

    def _forget(self, key: bytes) -> None:
        if len(self.dull) > DISTINCT:
            self.dull.clear()
        if len(key) < LONGEST:
            self.dull.add(key)
