"""Patterns that call rows columns and columns rows, and order them by these names."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from shapedoc.checks._misnamed import Misnomer, stayed
from shapedoc.checks._silent import dim_at
from shapedoc.core.axes import Axis, Dim, Kind, size_of
from shapedoc.core.entries import listed
from shapedoc.core.meetings import root
from shapedoc.trace.layouts.patterns import pattern_parts, pattern_result
from shapedoc.trace.recorder import Op, Trace

Places = dict[Axis, int]  # which dimension of an input an axis is


class Position(NamedTuple):
    """A name of a pattern for what is an axis of positions or was cut from one, and where that stands."""

    name: str
    axis: Axis
    at: int
    dim: Dim


def places_in(trace: Trace) -> Places:
    """Where axes stand in the inputs that they came with."""
    inputs = (leaf.layout or () for leaf in trace.leaves if leaf.origin is None)
    return {piece.axis: at for dims in inputs for at, dim in enumerate(dims) for piece in dim}


def turned(op: Op, places: Places) -> Iterator[Misnomer]:
    """Rows and columns that have each other's name, and not the order in which they came into the model.

    Who turns a map on purpose, as attention along columns does, leaves it as it is turned. So of rows and
    columns that stand apart it tells those that change places, and those merged by names given just before.
    """
    for first, second in combinations(_positions(op), 2):
        rows, columns = first.axis.name, second.axis.name
        if rows == columns or (first.name, second.name) != (columns, rows):
            continue
        order = [name for group in pattern_result(op) for name in group if name in (rows, columns)]
        merged = first.at == second.at or _are_merged(op, first, second)
        if (merged or order == [rows, columns]) and len(order) == 2 and order != _came(places, first, second):
            notes = (
                f"{rows} and {columns} change places, by the order of these names",
                f"side by side in what is called {rows} now are {listed(second.dim)}",
            )
            x = op.inputs()[0]
            message = f"{rows} is called {columns} here, and {columns} is called {rows}"
            yield message, notes, ((x, first.at), (x, second.at))
            return


def _positions(op: Op) -> Iterator[Position]:
    """What a pattern has names for; a single entry was cut from the dimension it stands in."""
    for name, at, part in pattern_parts(op):
        cut_from = part if size_of(part) > 1 else dim_at(op.inputs()[0], at)
        roots = {root(piece.axis) for piece in cut_from if piece.size > 1}
        axis = roots.pop() if len(roots) == 1 else None
        if axis is not None and axis.name and axis.kind is Kind.TOKEN:
            yield Position(name, axis, at, part)


def _are_merged(op: Op, first: Position, second: Position) -> bool:
    merged = [first.name, second.name] in pattern_result(op)
    return merged and stayed(op, op.inputs()[0], second.at, first.name)


def _came(places: Places, first: Position, second: Position) -> list[str]:
    """The names they have here, in the order of the model's inputs; as they stand, where these lack them."""
    known = first.axis in places and second.axis in places
    if known and places[first.axis] > places[second.axis]:
        return [second.name, first.name]
    return [first.name, second.name]
