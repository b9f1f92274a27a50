"""Whether positions that stand side by side in a dimension are side by side on their axis."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from shapedoc.core.axes import Dim, Kind, Layout, Piece
from shapedoc.core.meetings import root


def is_crossed(dim: Dim) -> bool:
    """Whether rows inside windows continue columns, and columns rows: windows that were put back turned over.

    >>> from shapedoc.core.axes import Axis, Kind, dim_of, reshape
    >>> (h, p1), (w, p2) = (reshape((dim_of(Axis(6, name, Kind.TOKEN)),), (3, 2)).layout for name in "hw")
    >>> is_crossed((*h, *p1, *w, *p2)), is_crossed((*h, *w, *p1, *p2)), is_crossed((*h, *p2, *w, *p1))
    (False, False, True)
    """
    parts = [piece for piece in dim if piece.size > 1 and root(piece.axis).kind is Kind.TOKEN]
    fours = zip(parts, parts[1:], parts[2:], parts[3:], strict=False)
    return any(_goes_on(a, d) and _goes_on(c, b) and _are_apart(a, b) for a, b, c, d in fours)


def _are_apart(piece: Piece, other: Piece) -> bool:
    """Whether they are of two axes, or of one but not the one inside the other."""
    known = piece.axis is other.axis and not _is_inside(piece, other)
    return known or root(piece.axis) is not root(other.axis)


def is_scattered(dim: Dim) -> bool:
    """Whether neighbours are far apart on their axis: its outer part stands inside its inner part.

    >>> from shapedoc.core.axes import Axis, Kind, dim_of, reshape
    >>> outer, inner = reshape((dim_of(Axis(6, "n", Kind.TOKEN)),), (3, 2)).layout
    >>> is_scattered((*outer, *inner)), is_scattered((*inner, *outer))
    (False, True)
    """
    parts = [piece for piece in dim if piece.size > 1 and root(piece.axis).kind is Kind.TOKEN]
    return any(_is_inside(outer, inner) for inner, outer in itertools.combinations(parts, 2))


def _goes_on(outer: Piece, inner: Piece) -> bool:
    """Whether one is the part of an axis that comes after the other, as far as that is known."""
    if outer.axis is inner.axis:
        return _is_inside(outer, inner)
    return root(outer.axis) is root(inner.axis) and outer.step > inner.step


def _is_inside(outer: Piece, inner: Piece) -> bool:
    return outer.axis is inner.axis and outer.step == inner.step * inner.size


def is_coarse(piece: Piece, layout: Layout) -> bool:
    """Whether this is the outer part of positions of which another dimension holds the inner part.

    A part in the middle is no such part: in a map that was flattened, windows hold the inner part of rows and
    of columns, and rows of windows stand outside of both.

    >>> from shapedoc.core.axes import Axis, Kind, dim_of, reshape
    >>> t = dim_of(Axis(24, "t", Kind.TOKEN))
    >>> outer, inner = reshape((t,), (2, 12)).layout
    >>> is_coarse(outer[0], (inner, outer))
    True
    >>> rows, p, columns, q = reshape((t,), (2, 2, 3, 2)).layout
    >>> is_coarse(p[0], (rows, columns, (*p, *q)))
    False
    """
    others = [other for dim in layout if piece not in dim for other in _with_parts(dim) if other.size > 1]
    cut = piece.step > 1 and root(piece.axis).kind is Kind.TOKEN
    in_the_middle = any(_is_inside(other, piece) for other in others)
    return cut and not in_the_middle and any(_is_inside(piece, other) for other in others)


def _with_parts(dim: Dim) -> Iterator[Piece]:
    """The pieces of a dimension, and of those that it was joined from."""
    for piece in dim:
        yield piece
        yield from (other for part in piece.axis.parts for other in part)
