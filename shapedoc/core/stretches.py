"""Where the dimensions of two shapes begin and end together, by their sizes alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

Stretch = tuple[int, int]


@lru_cache(maxsize=1024)
def blocks(old: tuple[int, ...], new: tuple[int, ...]) -> tuple[tuple[Stretch, Stretch], ...]:
    """Shortest stretches of old and new dimensions with equal products; layers of a model ask for the same.

    >>> blocks((2, 3, 4), (6, 4))
    (((0, 2), (0, 1)), ((2, 3), (1, 2)))
    """
    if 0 in old or 0 in new:
        return (((0, len(old)), (0, len(new))),)
    found = []
    i = j = 0
    while i < len(old) or j < len(new):
        start_i, start_j = i, j
        i, j = _ends(old, new, i, j)
        found.append(((start_i, i), (start_j, j)))
    return tuple(found)


def _ends(old: Sequence[int], new: Sequence[int], i: int, j: int) -> Stretch:
    """Where the old and the new stretch end that start here."""
    start_i, start_j = i, j
    left = right = 1
    while left != right or (i, j) == (start_i, start_j):
        if j == len(new) or (i < len(old) and left <= right):
            left, i = left * old[i], i + 1
        else:
            right, j = right * new[j], j + 1
        if left == right and i > start_i and j == start_j and j < len(new) and new[j] == 1:
            j += 1  # a unit dimension stays with its own block
    return i, j
