"""Calls that rearrange dimensions and leave the elements: view, permute, expand and their kin."""

from __future__ import annotations

import math
from typing import Any

from shapedoc.core.axes import Dim, Layout, join, pieces_of, reshape, shape_of, size_of
from shapedoc.trace.layouts import Unknown, flat, layout, new_axis, output_shape, position, reshaped, rule
from shapedoc.trace.recorder import Op, Var


@rule("view", "reshape", "flatten", "unflatten", "view_as", "reshape_as", "ravel")
def regroup(op: Op, x: Var, *args: Any, **kwargs: Any) -> Layout:
    """Axes split and merge as far as the sizes say."""
    shape = output_shape(op)
    if math.prod(shape) != math.prod(x.shape):
        return tuple(new_axis(size, op) for size in shape)  # view(dtype)
    return reshaped(op, _opened(op, layout(x), shape), shape)


def _opened(op: Op, dims: Layout, shape: tuple[int, ...]) -> Layout:
    """What was joined of several like parts as so many times one of them, unless a view keeps it whole."""
    if not any(map(_like_parts, dims)):
        return dims
    whole = {piece.axis for piece in pieces_of(reshape(dims, shape).layout) if piece.whole}
    return tuple(dim if not dim or dim[0].axis in whole else _times(op, dim) for dim in dims)


def _times(op: Op, dim: Dim) -> Dim:
    parts = _like_parts(dim)
    return (*new_axis(len(parts), op), *parts[0]) if parts else dim


def _like_parts(dim: Dim) -> tuple[Dim, ...]:
    """The parts of which a dimension was joined, if one is as good as another."""
    parts = dim[0].axis.parts if len(dim) == 1 and dim[0].whole else ()
    return parts if len(parts) > 1 == len(set(parts)) else ()


@rule("permute")
def permute(op: Op, x: Var, *dims: Any, **kwargs: Any) -> Layout:
    """Dimensions in another order."""
    order = flat(dims or (kwargs["dims"],))
    return tuple(layout(x)[dim] for dim in order)


@rule("transpose", "swapaxes", "swapdims")
def transpose(op: Op, x: Var, *dims: int, **kwargs: int) -> Layout:
    """Two dimensions change places."""
    dims = (*dims, *kwargs.values())
    new = list(layout(x))
    new[dims[0]], new[dims[1]] = new[dims[1]], new[dims[0]]
    return tuple(new)


@rule("movedim", "moveaxis")
def movedim(op: Op, x: Var, source: Any, destination: Any) -> Layout:
    """Dimensions moved to new positions, the others keeping their order."""
    rank = len(x.shape)
    sources = [position(dim, rank) for dim in _many(source)]
    targets = dict(zip([position(dim, rank) for dim in _many(destination)], sources, strict=True))
    rest = iter([dim for dim in range(rank) if dim not in sources])
    return tuple(layout(x)[targets[index] if index in targets else next(rest)] for index in range(rank))


def _many(dims: Any) -> tuple[int, ...]:
    return (dims,) if isinstance(dims, int) else tuple(dims)


@rule("t", "T", "numpy_T", "adjoint", "H")
def reversed_dims(op: Op, x: Var) -> Layout:
    """All dimensions backwards."""
    return tuple(reversed(layout(x)))


@rule("mT", "mH")
def matrix_transpose(op: Op, x: Var) -> Layout:
    """The last two dimensions change places."""
    *rest, rows, columns = layout(x)
    return (*rest, columns, rows)


@rule("unsqueeze")
def unsqueeze(op: Op, x: Var, dim: int) -> Layout:
    """A dimension of one is put in."""
    at = position(dim, len(x.shape) + 1)
    return (*layout(x)[:at], (), *layout(x)[at:])


@rule("squeeze")
def squeeze(op: Op, x: Var, dim: Any = None) -> Layout:
    """Dimensions of one are left out."""
    chosen = range(len(x.shape)) if dim is None else [position(one, len(x.shape)) for one in _many(dim)]
    return tuple(d for index, d in enumerate(layout(x)) if index not in chosen or size_of(d) != 1)


@rule("repeat", "tile")
def repeat(op: Op, x: Var, *sizes: Any, **kwargs: Any) -> Layout:
    """Every dimension as often as asked, the copies outermost: a b a b."""
    times = flat(sizes or tuple(kwargs.values()))
    if not all(isinstance(number, int) for number in times):
        raise Unknown
    old = (*((),) * (len(times) - len(x.shape)), *layout(x))
    times = (1,) * (len(old) - len(times)) + tuple(times)
    return tuple(
        join((*new_axis(int(n), op), *dim)) if n != 1 else dim for n, dim in zip(times, old, strict=True)
    )


@rule("repeat_interleave")
def repeat_interleave(op: Op, x: Var, repeats: Any, dim: Any = None, **kwargs: Any) -> Layout:
    """Every entry as often as asked, the copies innermost: a a b b."""
    if not isinstance(repeats, int) or dim is None:
        raise Unknown
    at = position(dim, len(x.shape))
    return (*layout(x)[:at], join((*layout(x)[at], *new_axis(repeats, op))), *layout(x)[at + 1 :])


@rule("expand", "broadcast_to", "expand_as", "broadcast_tensors")
def expand(op: Op, x: Var, *sizes: Any, **kwargs: Any) -> Layout:
    """Dimensions that keep their size are kept; the others are made here."""
    old, new = layout(x), output_shape(op)
    missing = len(new) - len(old)
    padded: list[Dim | None] = [None] * missing + list(old)
    return tuple(_kept(dim, size, op) for dim, size in zip(padded, new, strict=True))


def _kept(dim: Dim | None, size: int, op: Op) -> Dim:
    if dim is not None and size_of(dim) == size:
        return dim
    return new_axis(size, op)


@rule("as_strided", "diagonal", "diag_embed")
def strided(op: Op, x: Var, *args: Any, **kwargs: Any) -> Layout:
    """Dimensions in front that keep their size are kept."""
    new = output_shape(op)
    same = [size == old for size, old in zip(new, shape_of(layout(x)), strict=False)]
    kept = same.index(False) if False in same else len(same)
    return (*layout(x)[:kept], *[new_axis(size, op) for size in new[kept:]])
