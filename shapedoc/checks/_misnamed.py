"""Patterns that call a dimension by the name of another one, and order them by it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from shapedoc.checks._silent import dim_at, kind_of, written
from shapedoc.core.axes import Axis, Dim, Kind, name_of, size_of
from shapedoc.core.entries import listed
from shapedoc.core.meetings import root
from shapedoc.trace.layouts.patterns import PATTERNED, pattern_groups, pattern_parts, pattern_result
from shapedoc.trace.recorder import Op, Trace, Var

Places = dict[Axis, int]  # which dimension of an input an axis is
Misnomer = tuple[str, tuple[str, ...], tuple[tuple[Var, int], ...]]  # what is wrong, what that does, where

SAMPLES = ("b", "batch")


def places_in(trace: Trace) -> Places:
    """Where axes stand in the inputs that they came with."""
    inputs = (leaf.layout or () for leaf in trace.leaves if leaf.origin is None)
    return {piece.axis: at for dims in inputs for at, dim in enumerate(dims) for piece in dim}


def misnamed(op: Op, places: Places) -> Iterator[Misnomer]:
    """Names on the left of a pattern that other dimensions have already."""
    groups = pattern_groups(op)
    if groups and op.outputs:
        yield from _exchanged(op, op.inputs()[0], groups)
        yield from _turned(op, op.inputs()[0], places)


def _exchanged(op: Op, x: Var, groups: list[list[str]]) -> Iterator[Misnomer]:
    """Positions get the name that a pattern before this one gave heads or samples, or the reverse."""
    for name, at, other in _renamed(x, groups):
        ours, theirs = kind_of(dim_at(x, at)), kind_of(dim_at(x, other))
        # Whatever stands first is called b by many; what is called so further in is meant as the samples.
        samples = at > 0 and (theirs is Kind.BATCH or (other == 0 and name in SAMPLES))
        stayed = ours is theirs is Kind.TOKEN and _stayed(op, x, other, name)
        moved = stayed and _crosses(op, name, groups[other])
        if moved or samples or {ours, theirs} in ({Kind.TOKEN, Kind.FEATURE}, {Kind.BATCH, Kind.FEATURE}):
            message = f"{name} is dimension {at} of {written(x.layout or ())} here, it was dimension {other}"
            yield message, (f"two patterns disagree on where {name} stands",), ((x, at), (x, other))
            return


def _crosses(op: Op, name: str, instead: list[str]) -> bool:
    """Whether a pattern puts a dimension on the other side of the one whose name it takes."""
    groups, result = pattern_groups(op), [name for group in pattern_result(op) for name in group]
    if name not in result or len(instead) != 1 or instead[0] not in result:
        return False
    was_behind = groups.index([name]) < groups.index(instead)
    return was_behind != (result.index(name) < result.index(instead[0]))


def _renamed(x: Var, groups: list[list[str]]) -> Iterator[tuple[str, int, int]]:
    """Names of a pattern, the dimension each is given to, and another one that has it already."""
    left = [names[0] if len(names) == 1 else "" for names in groups]
    known = [name_of(dim) for dim in x.layout or ()]
    for at, name in enumerate(left):
        if name and name in known and known[at] != name and left[known.index(name)] != name:
            yield name, at, known.index(name)


def _stayed(op: Op, x: Var, at: int, name: str) -> bool:
    """Whether a pattern of the same file gave a dimension its name, and it has stood in its place since."""
    dim, here = dim_at(x, at), op.place
    while x.op is not None and x.op.name not in PATTERNED:
        kept = [var for var in x.op.inputs() if len(var.shape) > at and dim_at(var, at) == dim]
        if not kept:
            return False
        x = kept[0]
    there = x.op.place if x.op else None
    same_file = here is not None and there is not None and here.line()[0] == there.line()[0]
    return same_file and name_of(dim_at(x, at)) == name


def _turned(op: Op, x: Var, places: Places) -> Iterator[Misnomer]:
    """Rows are called columns and columns rows, and are put into an order by these names."""
    result = pattern_result(op)
    order = [name for group in result for name in group]
    for (first, rows, at, _), (second, columns, other, part) in combinations(_positions(op), 2):
        if (first, second) != (columns.name, rows.name) or first == second or not {first, second} <= {*order}:
            continue
        exchanged = order.index(second) < order.index(first)
        merged = at == other or ([first, second] in result and _stayed(op, x, other, first))
        if _is_contrary(places, rows, columns, exchanged, merged):
            message = f"{rows.name} is called {columns.name} here, and {columns.name} is called {rows.name}"
            notes = (
                f"{rows.name} and {columns.name} change places, by the order of these names",
                f"side by side in what is called {rows.name} now are {listed(part)}",
            )
            yield message, notes, ((x, at), (x, other))
            return


def _positions(op: Op) -> Iterator[tuple[str, Axis, int, Dim]]:
    """Names of a pattern for what is one axis of positions or cut from one, and where that is.

    What is a single entry was cut from the dimension it stands in.
    """
    for name, at, part in pattern_parts(op):
        cut_from = part if size_of(part) > 1 else dim_at(op.inputs()[0], at)
        roots = {root(piece.axis) for piece in cut_from if piece.size > 1}
        axis = roots.pop() if len(roots) == 1 else None
        if axis is not None and axis.name and axis.kind is Kind.TOKEN:
            yield name, axis, at, part


def _is_contrary(places: Places, rows: Axis, columns: Axis, exchanged: bool, merged: bool) -> bool:
    """Whether rows and columns end up in another order than they came into the model with.

    Who turns a map on purpose, as attention along columns does, leaves it as it is turned.
    """
    if rows not in places or columns not in places:
        return exchanged
    return (exchanged or merged) and (places[rows] < places[columns]) == exchanged
