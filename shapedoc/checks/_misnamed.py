"""Patterns that call a dimension by the name of another one, and order them by it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from shapedoc.checks._silent import dim_at, kind_of, written
from shapedoc.core.axes import Dim, Kind, name_of
from shapedoc.core.entries import listed
from shapedoc.core.meetings import root
from shapedoc.trace.layouts.patterns import pattern_groups, pattern_result
from shapedoc.trace.recorder import Op, Var

Misnomer = tuple[str, tuple[str, ...], tuple[tuple[Var, int], ...]]  # what is wrong, what that does, where

SAMPLES = ("b", "batch")


def misnamed(op: Op) -> Iterator[Misnomer]:
    """Names on the left of a pattern that other dimensions have already."""
    groups = pattern_groups(op)
    if groups:
        yield from _exchanged(op.inputs()[0], groups)
        yield from _turned(op.inputs()[0], groups, pattern_result(op))


def _exchanged(x: Var, groups: list[list[str]]) -> Iterator[Misnomer]:
    """Positions get the name that a pattern before this one gave heads or samples, or the reverse."""
    for name, at, other in _renamed(x, groups):
        ours, theirs = kind_of(dim_at(x, at)), kind_of(dim_at(x, other))
        # Whatever stands first is called b by many; what is called so further in is meant as the samples.
        samples = at > 0 and (theirs is Kind.BATCH or (other == 0 and name in SAMPLES))
        if samples or {ours, theirs} in ({Kind.TOKEN, Kind.FEATURE}, {Kind.BATCH, Kind.FEATURE}):
            message = f"{name} is dimension {at} of {written(x.layout or ())} here, it was dimension {other}"
            yield message, (f"two patterns disagree on where {name} stands",), ((x, at), (x, other))
            return


def _renamed(x: Var, groups: list[list[str]]) -> Iterator[tuple[str, int, int]]:
    """Names of a pattern, the dimension each is given to, and another one that has it already."""
    left = [names[0] if len(names) == 1 else "" for names in groups]
    known = [name_of(dim) for dim in x.layout or ()]
    for at, name in enumerate(left):
        if name and name in known and known[at] != name and left[known.index(name)] != name:
            yield name, at, known.index(name)


def _turned(x: Var, groups: list[list[str]], result: list[str]) -> Iterator[Misnomer]:
    """Rows are called columns and columns rows, and are put into an order by these names."""
    origins = [_origin(dim_at(x, at)) for at in range(len(groups))]
    for (at, rows), (other, columns) in combinations(enumerate(origins), 2):
        is_crossed = rows != columns and rows in groups[other] and columns in groups[at]
        if is_crossed and [name for name in result if name in (rows, columns)] == [rows, columns]:
            message = f"{rows} is dimension {other} of {written(x.layout or ())} here, it was dimension {at}"
            notes = (
                f"{rows} and {columns} change places, and the result is put into an order by these names",
                f"side by side in what is called {rows} now are {listed(dim_at(x, other))}",
            )
            yield message, notes, ((x, at), (x, other))
            return


def _origin(dim: Dim) -> str:
    """What positions were called before they were cut."""
    roots = {root(piece.axis) for piece in dim if piece.size > 1}
    axis = roots.pop() if len(roots) == 1 else None
    return axis.name if axis is not None and axis.kind is Kind.TOKEN else ""
