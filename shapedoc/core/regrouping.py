"""What a torn reshape does to the values, and the permute that was meant.

>>> from shapedoc.core.axes import Axis, layout_of
>>> b, c, t = Axis(2, "b"), Axis(3, "c"), Axis(4, "t")
>>> meant_order(layout_of(b, c, t), (8, 3))
(0, 2, 1)
>>> mixed_row(layout_of(b, c, t), (4, 6))
('b=0 c=0 t=2', 'b=0 c=0 t=3', 'b=0 c=1 t=0', 'b=0 c=1 t=1')

Where sizes divide, a reshape can stand for a permute and tear nothing by its numbers:

>>> exchanges(layout_of(Axis(12, "c", origin=1), Axis(4, "n", origin=2)), (4, 12))
(Tear(old=(0, 2), new=(0, 2)),)
"""

from __future__ import annotations

import itertools
import math
import operator
from collections.abc import Sequence

from shapedoc.core.axes import (
    Axis,
    Dim,
    Kind,
    Layout,
    Tear,
    name_of,
    pieces_of,
    reshape,
    shape_of,
)
from shapedoc.core.stretches import blocks

MOST_DIMS = 6  # of which all orders are tried
_HERE = -1  # the step of a reshape that is only tried


def meant_order(old: Layout, new: Sequence[int]) -> tuple[int, ...] | None:
    """The order of the old dimensions in which the reshape tears nothing, if one is the simplest.

    Simplest is the order in which the fewest dimensions change their neighbours; of several such
    orders none is known to be meant.
    """
    if len(old) > MOST_DIMS:
        return None
    fits = [
        order
        for order in itertools.permutations(range(len(old)))
        if not reshape(tuple(old[index] for index in order), new).tears
    ]
    ranked = sorted(fits, key=_disorder)
    if not ranked or (len(ranked) > 1 and _disorder(ranked[0]) == _disorder(ranked[1])):
        return None
    return ranked[0]


def exchanges(layout: Layout, shape: Sequence[int]) -> tuple[Tear, ...]:
    """Stretches that are cut across axes, where the same axes in another order would only be merged.

    Of axes that an input gave nothing is said: at other sizes of theirs such a reshape tears or does not.
    """
    return tuple(
        Tear(old, new)
        for old, new in blocks(shape_of(layout), tuple(shape))
        if _is_exchange(layout[slice(*old)], shape[slice(*new)])
    )


def _is_exchange(old: Layout, new: Sequence[int]) -> bool:
    if len(old) < 2 or len(new) < 2:
        return False
    sizes = [size for size in shape_of(old) if size != 1]
    axes = [piece.axis for piece in pieces_of(old) if piece.size != 1]
    of_features = all(axis.kind is Kind.FEATURE for axis in axes)  # one vector of them may be cut anyhow
    if not 2 <= len(sizes) <= MOST_DIMS or of_features or any(map(_is_given, axes)):
        return False
    result = reshape(old, new, _HERE)
    across = any(len(dim) > 1 and any(piece.origin == _HERE for piece in dim) for dim in result.layout)
    return across and not result.tears and any(_merge(order, new) for order in itertools.permutations(sizes))


def _is_given(axis: Axis) -> bool:
    """Whether an axis, or the one it was made from, came with an input or a parameter."""
    *_, first = axis.line()
    return first.origin is None


def _merge(sizes: Sequence[int], new: Sequence[int]) -> bool:
    """Whether sizes multiply to new ones, neighbours with neighbours.

    >>> _merge((4, 2, 6), (8, 6)), _merge((4, 6, 2), (8, 6))
    (True, False)
    """
    reached = set(itertools.accumulate(sizes, operator.mul))
    return reached >= set(itertools.accumulate(new, operator.mul)) - {1}


def _disorder(order: Sequence[int]) -> int:
    """Pairs of dimensions that stand the other way round than before."""
    return sum(left > right for left, right in itertools.combinations(order, 2))


def mixed_row(old: Layout, new: Sequence[int], length: int = 4) -> tuple[str, ...]:
    """Neighbours in the first new row, each with where it was; across a boundary, if the row holds one."""
    sizes = shape_of(old)
    start = max(min(sizes[-1] - length // 2, new[-1] - length), 0)
    return tuple(_coordinates(old, sizes, flat) for flat in range(start, min(start + length, new[-1])))


def _coordinates(old: Layout, sizes: tuple[int, ...], flat: int) -> str:
    places = [flat // math.prod(sizes[index + 1 :]) % size for index, size in enumerate(sizes)]
    return " ".join(
        f"{_name(dim, index)}={place}" for index, (dim, place) in enumerate(zip(old, places, strict=True))
    )


def _name(dim: Dim, index: int) -> str:
    return name_of(dim) or f"dim{index}"
