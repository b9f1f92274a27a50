"""What a failed run asks of its inputs, as data: `texts` and `conditions` read it, `changes` answers it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from shapedoc.trace.inputs.inference.hints import Hint


class Kind(str, Enum):
    """In what way the inputs did not do."""

    SIZE = "size"  # a size derived from the inputs, and the one wanted
    MULTIPLE = "multiple"  # a size, and what must divide it
    RANK = "rank"  # numbers of dimensions
    SMALL = "small"  # an axis shrinks to nothing on its way
    DTYPE = "dtype"  # names[0] is the dtype wanted
    RANGE = "range"  # values must stay below `expected`


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing to change. `found` is 0 where it is not known; `hint` is the layout wanted, if known.

    `names` is the dtype wanted, or the axes that `found` counts and `expected` does not.
    """

    kind: Kind
    found: int = 0
    expected: int = 0
    names: tuple[str, ...] = ()
    hint: Hint | None = None


def either(found: int, expected: int) -> Iterator[Complaint]:
    """Where it is not known which of two sides the inputs gave."""
    yield Complaint(Kind.SIZE, found, expected)
    yield Complaint(Kind.SIZE, expected, found)
