"""Axes that keep their identity while a tensor is reshaped.

An `Axis` is born once, in an input, a weight or a pattern. A `Piece` is a run of its digits:
splitting 12 heads·features into 3 and 4 gives two pieces of one axis, and merging them again, in
that order, gives the axis back. A dimension is a product of pieces, outermost first.

>>> b, c = Axis(2, "b"), Axis(12, "c")
>>> x = layout_of(b, c)
>>> split = reshape(x, (2, 3, 4)).layout
>>> describe(split)
('b=2', '3', '4')
>>> reshape(split, (2, 12)).layout == x
True

A reshape *tears* when elements of one axis end up in rows of another:

>>> t = Axis(3, "t")
>>> reshape(layout_of(b, c, t), (6, 12)).tears      # (b c t) as (b t) c: the permute is missing
(Tear(old=(0, 3), new=(0, 2)),)
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from shapedoc.core.stretches import blocks


class Kind(str, Enum):
    """What an axis counts, as far as anything says so."""

    UNKNOWN = "unknown"
    BATCH = "batch"
    TOKEN = "token"
    FEATURE = "feature"
    HEAD = "head"


@dataclass(slots=True, eq=False)  # never changed, but not frozen: that takes four times as long to make
class Axis:
    """One axis, equal only to itself.

    `origin` is the index of the step that made it, `parent` the axis it was cut, padded or pooled from,
    `parts` the dimensions it was joined from.
    """

    size: int
    name: str = ""
    kind: Kind = Kind.UNKNOWN
    origin: int | None = None
    parent: Axis | None = None
    parts: tuple[Dim, ...] = ()

    def line(self) -> Iterator[Axis]:
        """This axis and those it came from, the nearest first."""
        here: Axis | None = self
        while here is not None:
            yield here
            here = here.parent


@dataclass(slots=True, unsafe_hash=True)  # likewise
class Piece:
    """The digits of `axis` that count `size` strides of `step`: index // step % size.

    `origin` is the index of the step that cut the axis here.
    """

    axis: Axis
    size: int
    step: int = 1
    name: str = field(default="", compare=False)
    origin: int | None = field(default=None, compare=False)

    @property
    def whole(self) -> bool:
        return self.size == self.axis.size


Dim = tuple[Piece, ...]
Layout = tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class Tear:
    """A stretch of old dimensions, and the new ones its elements were regrouped into."""

    old: tuple[int, int]
    new: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Reshaped:
    """The layout after a reshape, and where it regrouped elements across axes."""

    layout: Layout
    tears: tuple[Tear, ...] = ()


def dim_of(axis: Axis) -> Dim:
    """The dimension that an axis makes on its own."""
    return (Piece(axis, axis.size, 1, axis.name),)


def layout_of(*axes: Axis) -> Layout:
    """One dimension per axis."""
    return tuple(dim_of(axis) for axis in axes)


def fresh(shape: Iterable[int], origin: int | None = None) -> Layout:
    """Axes nothing is known of yet."""
    return tuple(dim_of(Axis(size, origin=origin)) for size in shape)


def twin(dim: Dim, origin: int | None = None) -> Dim:
    """The same dimension over new axes: positions of the same things, met a second time.

    The scores of self-attention have one token axis for queries and its twin for keys.

    >>> t = dim_of(Axis(5, "t"))
    >>> describe((t, twin(t))), t == twin(t)
    (('t=5', 't=5'), False)
    """
    return tuple(
        Piece(
            Axis(piece.size, piece.name or piece.axis.name, piece.axis.kind, origin),
            piece.size,
            1,
            piece.name,
        )
        for piece in dim
    )


def size_of(dim: Dim) -> int:
    """Number of positions along a dimension."""
    return dim[0].size if len(dim) == 1 else math.prod([piece.size for piece in dim])


def shape_of(layout: Layout) -> tuple[int, ...]:
    """Sizes of all dimensions."""
    return tuple([size_of(dim) for dim in layout])


def pieces_of(layout: Layout) -> Iterator[Piece]:
    """All pieces, outermost first."""
    return itertools.chain.from_iterable(layout)


def named(dim: Dim, name: str) -> Dim:
    """The same dimension under a name, if it is one piece."""
    if len(dim) != 1 or dim[0].name == name:
        return dim
    [piece] = dim
    return (Piece(piece.axis, piece.size, piece.step, name, piece.origin),)


def join(pieces: Iterable[Piece]) -> Dim:
    """One dimension from pieces in order; neighbours that continue one another become one.

    >>> c = Axis(12, "c")
    >>> join([Piece(c, 3, 4), Piece(c, 4, 1)]) == dim_of(c)
    True
    >>> len(join([Piece(c, 4, 1), Piece(c, 3, 4)]))
    2
    """
    done: list[Piece] = []
    for piece in pieces:
        last = done[-1] if done else None
        if last and last.axis is piece.axis and last.step == piece.step * piece.size:
            size = last.size * piece.size
            whole = size == piece.axis.size
            done[-1] = Piece(
                piece.axis, size, piece.step, piece.axis.name if whole else "", None if whole else last.origin
            )
        else:
            done.append(piece)
    return tuple(done) if len(done) < 2 else tuple(p for p in done if p.size != 1) or (done[0],)


def cut(piece: Piece, outer: int, origin: int | None = None) -> tuple[Piece, Piece]:
    """Split a piece into `outer` blocks: the outer and the inner digits."""
    inner = piece.size // outer
    return (
        Piece(piece.axis, outer, piece.step * inner, origin=origin),
        Piece(piece.axis, inner, piece.step, origin=origin),
    )


def reshape(layout: Layout, shape: Sequence[int], origin: int | None = None) -> Reshaped:
    """Follow pieces through a reshape to `shape`, which has as many elements as `layout`.

    Both sides are cut at their common prefix products; between two of them axes split and merge
    where the sizes divide, and are torn where they do not. `origin` is the step that reshapes.
    """
    new: list[Dim] = []
    tears: list[Tear] = []
    old_shape, new_shape = shape_of(layout), tuple(shape)
    for before, after in blocks(old_shape, new_shape):
        dims, sizes = layout[slice(*before)], new_shape[slice(*after)]
        if sizes != old_shape[slice(*before)]:
            dims, torn = _regroup(dims, sizes, origin)
            tears += [Tear(before, after)] if torn else []
        new += dims
    return Reshaped(tuple(new), tuple(tears))


def _regroup(old: Layout, sizes: tuple[int, ...], origin: int | None) -> tuple[Layout, bool]:
    """New dimensions of `sizes` from the pieces of one block, and whether that tears them."""
    if 0 in sizes:
        return fresh(sizes, origin), False
    queue = [piece for piece in join(pieces_of(old)) if piece.size != 1]
    dims: list[list[Piece]] = []
    for size in sizes:
        taken = _take(queue, size, origin)
        if taken is None:
            return fresh(sizes, origin), True
        dims.append(taken)
    if _straddles(dims):
        return fresh(sizes, origin), True
    return tuple(join(dim) for dim in dims), False


def _take(queue: list[Piece], size: int, origin: int | None) -> list[Piece] | None:
    """Pieces worth `size` from the front of the queue, cutting the last; None where that cannot be."""
    taken: list[Piece] = []
    while size > 1:
        piece = queue.pop(0)
        if size % piece.size == 0:
            taken.append(piece)
            size //= piece.size
        elif piece.size % size == 0:
            outer, inner = cut(piece, size, origin)
            taken.append(outer)
            queue.insert(0, inner)
            size = 1
        else:
            return None
    return taken


def _straddles(dims: Sequence[Sequence[Piece]]) -> bool:
    """Whether an axis was cut so that its outer part joined its left and its inner part its right neighbour.

    Sizes that divide by accident look like this: (b, c, h) as (b·c₁, c₂·h).
    """
    for left, right in itertools.combinations([dim for dim in dims if dim], 2):
        outer, inner = left[-1], right[0]
        continued = outer.axis is inner.axis and outer.step >= inner.step * inner.size
        if continued and len(left) > 1 and len(right) > 1 and left[-2].axis is not outer.axis:
            return True
    return False


def describe(layout: Layout) -> tuple[str, ...]:
    """Dimensions as a reader sees them: `heads=4`, `(b t)=6`, or the bare size."""
    return tuple(_describe(dim) for dim in layout)


def _describe(dim: Dim) -> str:
    name = name_of(dim)
    return f"{name}={size_of(dim)}" if name else str(size_of(dim))


def name_of(dim: Dim) -> str:
    """The name of a dimension, empty when no piece of it has one.

    >>> name_of((*dim_of(Axis(2, "b")), *dim_of(Axis(3, "t"))))
    '(b t)'
    """
    if len(dim) == 1:
        return dim[0].name
    names = [piece.name or str(piece.size) for piece in dim]
    return f"({' '.join(names)})" if any(piece.name for piece in dim) else ""
