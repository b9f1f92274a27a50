"""Fewer lines for the same: runs of repeated items become one round, long quiet stretches are left out.

>>> fold(["a", "x", "a", "x", "a", "x", "b"], key=str)
[Fold(first='a', last='a', times=3), Fold(first='x', last='x', times=3), Fold(first='b', last='b', times=1)]
>>> list(elide("abcdefg", near={5}, before=1, after=1))
[4, 'e', 'f', 'g']
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

LONGEST_ROUND = 8


@dataclass(frozen=True)
class Fold(Generic[T]):
    """One item for all of a run: the first of it, the last, and how many there are."""

    first: T
    last: T
    times: int


def fold(items: Sequence[T], key: Callable[[T], Hashable]) -> list[Fold[T]]:
    """Collapse rounds of up to `LONGEST_ROUND` items that repeat; items are alike when their keys are."""
    keys = [key(item) for item in items]
    folds: list[Fold[T]] = []
    start = 0
    while start < len(items):
        period, times = _longest_run(keys, start)
        last = start + period * (times - 1)
        folds += [Fold(items[start + offset], items[last + offset], times) for offset in range(period)]
        start += period * times
    return folds


def _longest_run(keys: list[Hashable], start: int) -> tuple[int, int]:
    runs = [(period, _times(keys, start, period)) for period in range(1, LONGEST_ROUND + 1)]
    repeated = [run for run in runs if run[1] > 1]
    return max(repeated, key=lambda run: run[0] * run[1], default=(1, 1))


def _times(keys: list[Hashable], start: int, period: int) -> int:
    times = 1
    while keys[start : start + period] == keys[start + times * period : start + (times + 1) * period]:
        times += 1
    return times


def elide(items: Sequence[T], near: Set[int], before: int, after: int) -> Iterator[T | int]:
    """Items within a window of the places in `near`; a number stands for as many left out."""
    kept = {index for place in near for index in range(place - before, place + after + 1)}
    left_out = 0
    for index, item in enumerate(items):
        if index not in kept:
            left_out += 1
            continue
        yield from [left_out] * (left_out > 0)
        left_out = 0
        yield item
    yield from [left_out] * (left_out > 0)
