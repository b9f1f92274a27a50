"""Which models of a package can be run with numbers, how long they take, and which lines they run."""

from __future__ import annotations

import itertools
import pickle
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..models import Entry, entries
from ._copy import Copy
from ._numbers import Numbers, Sizes, lines_of

MOST_SECONDS = 15.0


@dataclass(frozen=True)
class Reference:
    """An unmutated model: how it was built, what it gave, and the lines it ran."""

    entry: str
    sizes: Sizes
    seconds: float
    lines: frozenset[tuple[str, int]]
    numbers: Numbers


def references(copy: Copy, known: Path) -> list[Reference]:
    """All models that run, the fastest first; as small as they go, else as they are. Kept in a file."""
    if not known.exists():
        found = [reference for entry in entries(copy.package) if (reference := _reference(copy, entry))]
        known.write_bytes(pickle.dumps(sorted(found, key=lambda reference: reference.seconds)))
    return list(pickle.loads(known.read_bytes()))


def _reference(copy: Copy, entry: Entry) -> Reference | None:
    if entry.missing or not entry.runs:
        return None
    for small, twice in itertools.product((True, False), repeat=2):
        sizes = Sizes(small, twice)
        outcome = copy.run(
            lambda them, s=sizes: _measured(them[entry.name], s, copy.folder), small, MOST_SECONDS
        )
        if not outcome.error:
            seconds, numbers, lines = outcome.value
            return Reference(entry.name, sizes, seconds, frozenset(lines), numbers)
    return None


def _measured(entry: Entry, sizes: Sizes, folder: Path) -> tuple[float, Any, Any]:
    started = time.perf_counter()
    numbers, lines = lines_of(entry, sizes, str(folder))
    return time.perf_counter() - started, numbers, lines
