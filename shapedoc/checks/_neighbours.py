"""Positions side by side that do not belong there, after patches or windows were cut or put back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from shapedoc.checks._silent import dim_at, named, written
from shapedoc.core.axes import Dim, Kind, Layout
from shapedoc.core.entries import listed
from shapedoc.core.meetings import root
from shapedoc.core.neighbours import is_coarse, is_crossed, is_scattered
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Var

# What is wrong, what that does, and where it was made.
Strangers = tuple[str, tuple[str, str], list[tuple[Var, int]]]

CONVOLUTIONS = ("conv1d", "conv2d", "conv3d")
MERGING = ("view", "reshape", "flatten", "einops.rearrange")
NEIGHBOURING = ("linear", *CONVOLUTIONS, *MERGING)


def strangers(op: Op) -> Iterator[Strangers]:
    """What a call takes for neighbours, or makes neighbours, that are none."""
    if not isinstance(op.outputs, Var):
        return
    if named(op, "linear", *CONVOLUTIONS):
        yield from _far_apart(op)
    if named(op, *CONVOLUTIONS):
        yield from _scattered(op)
    if named(op, *MERGING):
        yield from _turned_over(op)


def _far_apart(op: Op) -> Iterator[Strangers]:
    """A layer whose features are positions far from one another: patches cut the wrong way round."""
    x = op.inputs()[0]
    at = len(x.shape) - 1 if named(op, "linear") else 1
    dim = dim_at(x, at)
    kinds = {root(piece.axis).kind for piece in dim} if len(dim) > 1 else set()
    for piece in dim if {Kind.FEATURE, Kind.TOKEN} <= kinds else ():
        if is_coarse(piece, x.layout or ()):
            message = f"features of one token are taken {piece.step} positions apart: {written((dim,))}"
            notes = (
                "positions side by side are in different tokens, each of which holds some from everywhere",
                f"side by side in one token are {listed(dim)}",
            )
            yield message, notes, [(x, at)]
            return


def _scattered(op: Op) -> Iterator[Strangers]:
    """A convolution over positions that are no neighbours: windows merged the wrong way round."""
    x, weight = op.inputs()[:2]
    for at in range(2, len(weight.shape)):
        place = at - len(weight.shape) + len(x.shape)
        dim = dim_at(x, place)
        if weight.shape[at] > 1 and is_scattered(dim):
            message = f"{canonical(op.name)} runs over {written((dim,))}, whose neighbours are far apart"
            notes = (
                "the kernel takes for neighbours what was cut apart and put together in another order",
                f"side by side are {listed(dim)}",
            )
            yield message, notes, [(x, place)]
            return


def _turned_over(op: Op) -> Iterator[Strangers]:
    """Windows put back into the map, their rows where their columns belong."""
    x = op.inputs()[0]
    before = x.layout or ()
    for dim in _maps(op.outputs.layout or ()):
        if is_crossed(dim) and not any(map(is_crossed, _maps(before))):
            notes = (
                "every window is put back with its rows for its columns, beside neighbours it does not fit",
                f"side by side are {listed(dim)}",
            )
            message = f"{written((dim,))} goes on with columns inside a window where rows were cut"
            yield message, notes, [(x, at) for at, one in enumerate(before) if set(one) & set(dim)]
            return


def _maps(layout: Layout) -> Iterator[Dim]:
    """Dimensions that were merged, and those of them that are two neighbours with two parts each."""
    yield from (dim for dim in layout if len(dim) > 3)
    yield from ((*rows, *columns) for rows, columns in pairwise(layout) if len(rows) == len(columns) == 2)
