"""Runs of dimensions that `...` stands for: equal to one another, or broadcast as torch does it.

>>> from shapedoc.core.mismatch import explain
>>> match_runs([Run("a", 0, (8, 1, 3)), Run("b", 0, (4, 1))])
(8, 4, 3)
>>> try:
...     match_runs([Run("a", 0, (2, 3)), Run("b", 0, (2, 4))])
... except Mismatched as stopped:
...     print(explain(stopped.mismatch))
b has 4 in dimension 1, a has 3 in dimension 1
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from shapedoc.core.mismatch import Fault, Mismatch, Mismatched, Position, Shape

Agreed = list[tuple[int, Position]]  # sizes from the last to the first, and who set them


class Bond(Enum):
    """How a run is tied to the others."""

    EQUAL = "equal"  # to every other of this kind; the rest must broadcast to it
    BROADCAST = "broadcast"  # with every other of this kind
    ONTO = "onto"  # broadcasts to what the others come to, and adds nothing


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive dimensions of an operand from `start` on; `others` is how many more it has."""

    operand: str
    start: int
    sizes: Shape
    bond: Bond = Bond.BROADCAST
    others: int = 0

    def from_last(self) -> Iterator[tuple[int, Position]]:
        """Sizes and their positions, last first."""
        for index in reversed(range(len(self.sizes))):
            yield self.sizes[index], Position(self.operand, self.start + index)


def match_runs(runs: Sequence[Run]) -> Shape:
    """The shape all runs come to; raises `Mismatched`."""
    equal, mutual, onto = ([run for run in runs if run.bond is bond] for bond in Bond)
    agreed: Agreed = list(equal[0].from_last()) if equal else _broadcast(mutual)
    for run in equal[1:]:
        _check_equal(agreed, run)
    for run in (*(mutual if equal else ()), *(onto if equal or mutual else ())):
        _check_onto(agreed, run)
    return tuple(size for size, _ in reversed(agreed))


def _broadcast(runs: Sequence[Run]) -> Agreed:
    agreed: Agreed = []
    for run in runs:
        for index, (size, position) in enumerate(run.from_last()):
            if index == len(agreed):
                agreed.append((size, position))
            elif agreed[index][0] == 1:
                agreed[index] = (size, position)
            else:
                _check_size(agreed[index], size, position)
    return agreed


def _check_size(agreed: tuple[int, Position], size: int, position: Position) -> None:
    expected, bound_by = agreed
    if size not in (1, expected):
        limits = (expected,) if expected == 1 else (expected, 1)
        operand, dim = position.operand, position.dim
        raise Mismatched(Mismatch(Fault.BROADCAST, operand, dim, "", limits, size, bound_by))


def _check_equal(agreed: Agreed, run: Run) -> None:
    if len(run.sizes) != len(agreed):
        raise _wrong_rank(run, (run.others + len(agreed),))
    for (expected, bound_by), (size, position) in zip(agreed, run.from_last(), strict=True):
        if size != expected:
            operand, dim = position.operand, position.dim
            raise Mismatched(Mismatch(Fault.SIZE, operand, dim, "", (expected,), size, bound_by))


def _check_onto(agreed: Agreed, run: Run) -> None:
    if len(run.sizes) > len(agreed):
        raise _wrong_rank(run, tuple(run.others + count for count in range(len(agreed) + 1)))
    for known, (size, position) in zip(agreed, run.from_last(), strict=False):
        _check_size(known, size, position)


def _wrong_rank(run: Run, expected: tuple[int, ...]) -> Mismatched:
    return Mismatched(Mismatch(Fault.RANK, run.operand, expected=expected, found=run.others + len(run.sizes)))
