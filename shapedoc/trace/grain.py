"""How many positions of an input axis become one: 32 pixels a row of the feature map, 8 tokens a window.

224 pixels give 7 rows of a feature map, and so do 227: only steps of 32 move the map. An axis that is cut
into windows of 8 may take no other multiple than one of 8.

>>> from torch import nn, ones
>>> from shapedoc.core.axes import layout_of
>>> from shapedoc.trace.attempts import Case, planned
>>> from shapedoc.trace.layouts import follow
>>> model = nn.Sequential(nn.Conv1d(3, 8, 4, stride=4), nn.MaxPool1d(2), nn.Unflatten(2, (2, 4)))
>>> trace = Case(lambda: model, planned((ones(2, 3, 64),), {})).once("shape").trace
>>> trace.leaves[0].layout = layout_of(Axis(2, "b"), Axis(3, "c"), Axis(64, "t"))
>>> _ = follow(trace)
>>> sampled(trace), windowed(trace)
({'b': 1, 'c': 1, 't': 8}, {'b': 1, 'c': 1, 't': 32})
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import pairwise

from shapedoc.core.axes import Axis, Piece, pieces_of
from shapedoc.trace.layouts import rule_for
from shapedoc.trace.recorder import Trace, Var, variables


def sampled(trace: Trace) -> dict[str, int]:
    """For every named axis of the inputs, how many positions convolutions and pooling make one."""
    return _grains((piece.axis, _ratios(trace, piece.axis)) for piece in _pieces(trace))


def windowed(trace: Trace) -> dict[str, int]:
    """The same, and the windows into which reshapes cut what is left."""
    return _grains((piece.axis, _ratios(trace, piece.axis) * piece.step) for piece in _pieces(trace))


def _grains(steps: Iterator[tuple[Axis, int]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for axis, step in steps:
        *_, given = axis.line()
        if given.origin is None and given.name:
            known = found.get(given.name, 1)
            together = math.lcm(known, step)
            found[given.name] = together if together <= given.size else known
    return dict(sorted(found.items()))


def _pieces(trace: Trace) -> set[Piece]:
    return {piece for var in _vars(trace) for piece in pieces_of(var.layout or ())}


def _vars(trace: Trace) -> Iterator[Var]:
    yield from trace.leaves
    for op in trace.ops:
        yield from variables(op.outputs)


def _ratios(trace: Trace, axis: Axis) -> int:
    return math.prod(_ratio(trace, child, parent) for child, parent in pairwise(axis.line()))


def _ratio(trace: Trace, child: Axis, parent: Axis) -> int:
    """How many positions were made one, where a convolution or a pooling made the axis of another."""
    sampling = child.origin is not None and rule_for(trace.ops[child.origin].name) in _sampling()
    return max(round(parent.size / child.size), 1) if sampling and child.size > 1 else 1


def _sampling() -> tuple[object, ...]:
    return rule_for("conv2d"), rule_for("max_pool2d")
