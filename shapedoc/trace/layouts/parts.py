"""Calls that put tensors together or take them apart: cat, stack, split, reductions."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from shapedoc.core.axes import Dim, Kind, Layout, cut, dim_of, name_of, size_of
from shapedoc.trace.layouts import layout, new_axis, output_shape, position, rule
from shapedoc.trace.layouts.elementwise import agreed, broadcast, known_of
from shapedoc.trace.layouts.products import resized
from shapedoc.trace.layouts.reunion import joined, stacked
from shapedoc.trace.recorder import Op, Var, variables


@rule("cat", "concat", "concatenate")
def cat(op: Op, tensors: Any, dim: int = 0, **kwargs: Any) -> Layout:
    """A new axis where they are joined, or the old one that was taken apart; elsewhere what they agree on."""
    shape = output_shape(op)
    full = [var for var in tensors if len(var.shape) == len(shape)]
    at = position(kwargs.get("axis", dim), len(shape))
    columns = list(zip(*map(layout, full), strict=True))
    ends = joined(full) or _longer(op, columns[at], shape[at])
    return tuple([ends if index == at else _shared(op, dims) for index, dims in enumerate(columns)])


def _shared(op: Op, dims: Sequence[Dim]) -> Dim:
    """The dimension that joined tensors have in common: the one of which most is known."""
    is_one = all(dim is dims[0] for dim in dims)
    return dims[0] if is_one else agreed(op, sorted(dims, key=known_of, reverse=True))


def _longer(op: Op, dims: Sequence[Dim], size: int) -> Dim:
    """An axis that remembers its parts: what is cut out of it again is one of them."""
    names = {name_of(dim) for dim in dims}
    longer = resized(dims[0], size, op) if len(names) == 1 else new_axis(size, op)
    return longer if longer == dims[0] else dim_of(replace(longer[0].axis, parts=tuple(dims)))


@rule("stack")
def stack(op: Op, tensors: Any, dim: int = 0, **kwargs: Any) -> Layout:
    """A new axis of as many as there are tensors, unless it is an old one that was taken apart."""
    first = layout(tensors[0])
    at = position(kwargs.get("axis", dim), len(first) + 1)
    return (*first[:at], stacked(tensors) or new_axis(len(tensors), op), *first[at:])


@rule("pad_sequence")
def pad_sequence(op: Op, sequences: Any, batch_first: bool = False, *args: Any, **kwargs: Any) -> Layout:
    """x[t ...] of every sample -> [b t ...], or [t b ...], with t of the longest"""
    lengths, *columns = list(zip(*map(layout, sequences), strict=True))
    samples = new_axis(len(sequences), op)
    longest = max(lengths, key=size_of)
    front = (samples, longest) if batch_first else (longest, samples)
    return (*front, *[_shared(op, dims) for dims in columns])


@rule("split", "chunk", "tensor_split", "split_with_sizes", "hsplit", "unsafe_split", "unsafe_chunk")
def split(op: Op, x: Var, *args: Any, **kwargs: Any) -> list[Layout]:
    """Parts of one axis are axes of their own, made here."""
    found, before = [], [0] * len(x.shape)
    for part in variables(op.outputs):
        places = [range(start, start + size) for start, size in zip(before, part.shape, strict=True)]
        found.append(tuple(stretch(dim, place, op) for dim, place in zip(layout(x), places, strict=True)))
        before = [place.stop % size for place, size in zip(places, x.shape, strict=True)]
    return found


@rule("unbind")
def unbind(op: Op, x: Var, dim: int = 0) -> list[Layout]:
    """One dimension less, in every part."""
    at = position(dim, len(x.shape))
    return [(*layout(x)[:at], *layout(x)[at + 1 :])] * x.shape[at]


@rule("select")
def select(op: Op, x: Var, dim: int, index: Any) -> Layout:
    """One dimension less."""
    return unbind(op, x, dim)[0]


@rule("index_select", "take_along_dim", "gather", "sort", "topk", "renorm", "narrow_copy")
def chosen(op: Op, x: Var, *args: Any, **kwargs: Any) -> list[Layout]:
    """Dimensions keep their place; the one that was chosen from is new."""
    dims = tuple(resized(dim, size, op) for dim, size in zip(layout(x), output_shape(op), strict=True))
    return [dims, dims]


def stretch(dim: Dim, taken: range, op: Op) -> Dim:
    """What is left of it: outer digits if every n-th entry is taken, or a part it was joined from."""
    if taken.step > 1 and len(dim) == 1 and len(taken) * taken.step == dim[0].size:
        return (cut(dim[0], len(taken), op.index)[0],)
    known = _part_at(dim, taken.start, len(taken)) if taken.step == 1 else None
    return known or resized(dim, len(taken), op)


def _part_at(dim: Dim, start: int, size: int) -> Dim | None:
    """The part of a dimension that was joined of several, if one lies just there."""
    parts = dim[0].axis.parts if len(dim) == 1 and dim[0].whole else ()
    starts = itertools.accumulate((size_of(part) for part in parts), initial=0)
    places = zip(parts, starts, strict=False)
    return next((part for part, at in places if at == start and size_of(part) == size), None)


@rule(
    *"""sum mean prod max min amax amin argmax argmin std var any all norm logsumexp median mode nanmean
    nansum std_mean var_mean count_nonzero nanmedian aminmax vector_norm""".split()
)
def reduction(op: Op, x: Var, *args: Any, dim: Any = None, **kwargs: Any) -> list[Layout]:
    """The reduced dimensions go, or stay with size one; of two tensors the smaller entries stay in place."""
    given = [arg for arg in args if isinstance(arg, (int, tuple, list)) and not isinstance(arg, bool)]
    if any(isinstance(arg, Var) for arg in args):
        return [broadcast(op, op.inputs())]
    over = kwargs.get("axis", dim) if dim is None else dim
    over = given[0] if over is None and given else over
    chosen = range(len(x.shape)) if over is None else [over] if isinstance(over, int) else list(over)
    gone = {position(one, len(x.shape)) for one in chosen}
    keep = len(output_shape(op)) == len(x.shape)
    dims = tuple(() if index in gone else d for index, d in enumerate(layout(x)) if keep or index not in gone)
    return [dims, dims]


@rule("one_hot")
def one_hot(op: Op, x: Var, *args: Any, **kwargs: Any) -> Layout:
    """ids[...] -> [... classes]"""
    return (*layout(x), new_axis(output_shape(op)[-1], op, kind=Kind.FEATURE))
