"""Every fault of every family, found by walking the package, and which of them a text tells of.

A family is a module of `shapedoc.messages` whose name has no underscore in front. It holds `FAULTS`.
"""

from __future__ import annotations

import importlib
import pkgutil
from bisect import bisect
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import shapedoc.messages
from shapedoc.messages._fault import Fault
from shapedoc.messages.reading.wording import Match, Wording, words

# Pieces of words that many wordings share and that few lines of an ordinary log hold: each costs one
# search of the whole log. A wording without one of them has its own longest word, which is searched for
# in short logs only; in long ones it is found on lines that name an exception.
STEMS = (
    "match",
    "shape",
    "divi",
    "xpected",
    "imension",
    "broadcast",
    "channels",
    "index",
    "multipl",
    "Assertion",
    "elements",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One wording of one fault."""

    fault: Fault
    wording: Wording
    rarest: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A fault that a text tells of, and where."""

    fault: Fault
    match: Match


@cache
def faults() -> tuple[Fault, ...]:
    """All faults, family by family."""
    names = [
        m.name for m in pkgutil.iter_modules(shapedoc.messages.__path__) if not m.ispkg and m.name[0] != "_"
    ]
    modules = [importlib.import_module(f"shapedoc.messages.{name}") for name in sorted(names)]
    return tuple(fault for module in modules for fault in module.FAULTS)


@cache
def by_anchor() -> dict[str, tuple[Entry, ...]]:
    """The wordings to try where an anchor stands."""
    table: dict[str, list[Entry]] = defaultdict(list)
    for fault in faults():
        for text in fault.wordings:
            found = words(text)
            table[_anchor(found)].append(Entry(fault, Wording(text), found[0], found))
    return {anchor: tuple(entries) for anchor, entries in table.items()}


def recognise(text: str) -> list[Found]:
    """The faults a text tells of, in the order in which it does.

    >>> [found.fault.code for found in recognise("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)")]
    ['SD101']
    """
    groups = [group for anchor, group in by_anchor().items() if anchor in text]
    likely = [entry for group in groups for entry in group if entry.rarest in text]
    return _longest(
        (Found(entry.fault, match), len(entry.wording.text))
        for entry in likely
        if all(word in text for word in entry.words)
        for match in entry.wording.matches(text)
    )


def _longest(candidates: Iterable[tuple[Found, int]]) -> list[Found]:
    """Of matches that overlap, the one whose wording says most."""
    kept: list[Found] = []
    for found, _ in sorted(candidates, key=lambda pair: -pair[1]):
        place = bisect(kept, found.match.start, key=lambda k: k.match.start)
        before, after = kept[max(0, place - 1) : place], kept[place : place + 1]
        if all(k.match.end <= found.match.start for k in before) and all(
            k.match.start >= found.match.end for k in after
        ):
            kept.insert(place, found)
    return kept


def _anchor(found: tuple[str, ...]) -> str:
    joined = " ".join(found)
    return next((stem for stem in STEMS if stem in joined), found[0])
