r"""A log of any size, seen through a window that moves over it.

>>> [window.data[window.low : window.high] for window in windows([b"one\ntwo\n", b"three"])]
[b'one\ntwo\nthree']

Each window owns the bytes from `low` to `high`; what lies before and after them is context, so
that a traceback above a message and the lines below it can be read. Memory stays bounded however
long the log and its lines are.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

OWNED = 1 << 20
BEHIND = 1 << 18
AHEAD = 1 << 15
LONGEST = 1 << 12  # how far from a point of interest a line is followed

UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}  # what PowerShell's > writes


Log = Path | BinaryIO | Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Window:
    """`data` starts at byte `base` of the log, after `lines` line ends."""

    data: bytes
    low: int
    high: int
    base: int = 0
    lines: int = 0

    def line_around(self, position: int) -> tuple[int, int]:
        """Where the line at `position` starts and ends; progress bars end lines with a carriage return."""
        data, low, high = self.data, max(0, position - LONGEST), position + LONGEST
        start = data.rfind(b"\n", low, position) + 1 or low
        start = data.rfind(b"\r", start, position) + 1 or start
        end = data.find(b"\n", position, high)
        end = end if end >= 0 else min(high, len(data))
        stop = data.find(b"\r", position, end)
        return start, stop if stop >= 0 else end


def windows(chunks: Iterable[bytes]) -> Iterator[Window]:
    """Windows whose owned parts join without a gap."""
    data, low, base, lines = b"", 0, 0, 0
    for piece in _utf8(_gathered(chunks)):
        data += piece
        high = len(data) - AHEAD
        if high <= low:
            continue
        yield Window(data, low, high, base, lines)
        done = max(0, high - BEHIND)
        lines += data.count(b"\n", 0, done)
        data, low, base = data[done:], high - done, base + done
    yield Window(data, low, len(data), base, lines)


def pieces_of(log: Log) -> Iterator[bytes]:
    """A file, an open stream, or lines as they are; none is read into memory whole."""
    if isinstance(log, Path):
        with log.open("rb") as stream:
            yield from pieces_of(stream)
    elif isinstance(log, Iterable) and not hasattr(log, "read"):
        yield from log
    else:
        while piece := log.read(OWNED):
            yield piece


def _gathered(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines, or whatever comes, joined and cut to pieces of the size a window owns."""
    held: list[bytes] = []
    size = 0
    for chunk in chunks:
        for start in range(0, len(chunk), OWNED):
            held.append(chunk[start : start + OWNED])
            size += len(held[-1])
            if size >= OWNED:
                yield b"".join(held)
                held, size = [], 0
    yield b"".join(held)


def _utf8(chunks: Iterable[bytes]) -> Iterator[bytes]:
    source = iter(chunks)
    first = next(source, b"")
    encoding = UTF16.get(first[:2]) if b"\0" in first[:64] else None
    if encoding is None:
        yield first
        yield from source
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    yield decoder.decode(first[2:]).encode()
    for chunk in source:
        yield decoder.decode(chunk).encode()
