"""Whether two dimensions that are paired, entry by entry, hold the same axes in the same order.

>>> from shapedoc.core.axes import Axis, dim_of, reshape
>>> h, w = dim_of(Axis(4, "h")), dim_of(Axis(4, "w"))
>>> in_other_order((*h, *w), (*w, *h)), in_other_order((*h, *w), (*h, *w))
(True, False)
>>> (outer, inner) = reshape((h,), (2, 2)).layout
>>> in_other_order(h, (*inner, *outer)), in_other_order(h, (*outer, *inner))
(True, False)
>>> misplaced((h, w), (w, h))
(0, 1)
>>> misplaced((h, w), ((*outer, *w), inner))       # the inner part of h stands where w belongs
(0, 1)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from shapedoc.core.axes import Axis, Dim, Kind, Piece, size_of


def in_other_order(first: Dim, second: Dim) -> bool:
    """Whether both hold some digits of one axis, and the one further out than the other."""
    if first == second or (len(first) == len(second) == 1 and first[0].axis is not second[0].axis):
        return False
    pairs = ((first, second), (second, first))
    return _is_turned(first, second) or any(_is_spread(*pair) or _counts_elsewhere(*pair) for pair in pairs)


def _is_spread(dim: Dim, other: Dim) -> bool:
    """Whether neighbours on an axis that both hold lie further apart in the other one, or nearer."""
    return any(
        stride * (inner.step // piece.step) != place
        for piece, stride in strides(dim)
        for inner, place in strides(other)
        if _holds(piece, inner)
    )


def _is_turned(first: Dim, second: Dim) -> bool:
    """Whether rows and columns, though they were cut or pooled since, were merged the other way round.

    >>> from shapedoc.core.axes import Axis, dim_of
    >>> h, w = (dim_of(Axis(2, name, parent=Axis(8, name))) for name in "hw")
    >>> in_other_order((*h, *w), (*dim_of(w[0].axis.parent), *dim_of(h[0].axis.parent)))
    True
    """
    if len(first) < 2 or len(second) < 2:
        return False
    ours, theirs = ([root(piece.axis) for piece in dim if piece.size > 1] for dim in (first, second))
    named = all(axis.name for axis in ours) and len(set(ours)) == len(ours)
    return (named and _is_other_order(ours, theirs)) or _is_other_order(_called(first), _called(second))


def _counts_elsewhere(first: Dim, second: Dim) -> bool:
    """Whether the other counts samples too, by name and number, but further out or further in.

    >>> from shapedoc.core.axes import Axis, Kind, dim_of
    >>> b, n = dim_of(Axis(2, "b", Kind.BATCH)), dim_of(Axis(3, "n"))
    >>> copies, classes = dim_of(Axis(2, "b")), dim_of(Axis(3))
    >>> in_other_order((*n, *b), (*copies, *classes)), in_other_order((*b, *n), (*copies, *classes))
    (True, False)
    """
    if len(first) < 2 or len(second) < 2:
        return False
    samples = [(piece, at) for piece, at in strides(first) if piece.axis.kind is Kind.BATCH and piece.name]
    return any(
        (piece.name, piece.size) == (other.name, other.size) and at != place
        for piece, at in samples
        for other, place in strides(second)
        if other.axis is not piece.axis
    )


def _is_other_order(ours: Sequence[object], theirs: Sequence[object]) -> bool:
    return ours != theirs and set(ours) == set(theirs) and len(ours) == len(theirs) == len(set(ours)) > 1


def _called(dim: Dim) -> list[object]:
    """What the parts of a merged dimension are called, with sizes; one without a name stands for itself.

    >>> from shapedoc.core.axes import Axis, dim_of
    >>> b, n, samples, images = (dim_of(Axis(size, name)) for size, name in ((2, "b"), (3, "n")) * 2)
    >>> in_other_order((*b, *n), (*images, *samples)), in_other_order((*b, *n), (*samples, *images))
    (True, False)
    """
    parts = [piece for piece in dim if piece.size > 1]
    return [(piece.name, piece.size) if piece.name else piece for piece in parts]


def is_repeated(first: Dim, second: Dim) -> bool:
    """Whether one holds an axis of which the other has nothing, not even a stretch of it, as copies do."""
    axes = [{root(piece.axis) for piece in dim if piece.size > 1} for dim in (first, second)]
    return axes[0] != axes[1] and set(_called(first)) != set(_called(second))


def misplaced(ours: Sequence[Dim], theirs: Sequence[Dim]) -> tuple[int, int] | None:
    """Where an axis stands in the one, and where in the other, if another axis is in its place there."""
    for at, place, piece, other in elsewhere(ours, theirs):
        several = min(size_of(theirs[at]), size_of(ours[place])) > 1
        if several and _meet(piece, other) and _differs(piece.axis, ours[place]):
            return at, place
    return None


def elsewhere(ours: Sequence[Dim], theirs: Sequence[Dim]) -> Iterator[tuple[int, int, Piece, Piece]]:
    """Pieces of one axis that stand in different dimensions, with where in the one and in the other."""
    known: dict[Axis, list[tuple[int, Piece]]] = defaultdict(list)
    for place, dim in enumerate(theirs):
        for piece in dim:
            known[piece.axis].append((place, piece))
    for at, dim in enumerate(ours):
        for piece in dim:
            for place, other in known.get(piece.axis, ()):
                if at != place:
                    yield at, place, piece, other


def strides(dim: Dim) -> Iterator[tuple[Piece, int]]:
    """Every piece, and how far apart its neighbours are."""
    stride = 1
    for piece in reversed(dim):
        yield piece, stride
        stride *= piece.size


def root(axis: Axis) -> Axis:
    """The axis from which this one was cut, pooled or padded."""
    while axis.parent is not None:
        axis = axis.parent
    return axis


def _holds(piece: Piece, other: Piece) -> bool:
    """Whether the lowest digit of the other is one of the piece's."""
    same = piece.axis is other.axis and min(piece.size, other.size) > 1
    return same and piece.step <= other.step < piece.step * piece.size and other.step % piece.step == 0


def _meet(piece: Piece, other: Piece) -> bool:
    return _holds(piece, other) or _holds(other, piece)


def _differs(axis: Axis, dim: Dim) -> bool:
    """Whether a dimension certainly counts something else; a matrix of pairs may meet its own transpose."""
    ours, others = root(axis), [root(piece.axis) for piece in dim]
    if axis.kind is Kind.BATCH:
        return ours not in others
    return bool(ours.name) and all(other.name and other.name != ours.name for other in others)
