"""Indexing: integers drop a dimension, slices cut it, `None` adds one, tensors put theirs in its place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from shapedoc.core.axes import Dim, Layout, size_of
from shapedoc.trace.layouts import Unknown, canonical, layout, new_axis, rule
from shapedoc.trace.layouts.parts import stretch
from shapedoc.trace.layouts.products import resized
from shapedoc.trace.recorder import Op, Var

COPYING = ("expand", "expand_as", "repeat", "broadcast_to")
IN_ORDER = ("getitem", "unsqueeze", "view", "reshape", "to", "long", "einops.rearrange")


@rule("getitem")
def getitem(op: Op, x: Var, index: Any) -> Layout:
    """`x[1, :, None, ids]`"""
    items = list(index) if isinstance(index, tuple) else [index]
    if any(isinstance(item, list) or (isinstance(item, Var) and _is_mask(item)) for item in items):
        raise Unknown
    rank = sum(item is not None and item is not Ellipsis for item in items)
    if Ellipsis not in [item for item in items if not isinstance(item, Var)]:
        items.append(Ellipsis)
    at = next(i for i, item in enumerate(items) if item is Ellipsis)
    items[at : at + 1] = [slice(None)] * (len(x.shape) - rank)
    places = [place for place, item in enumerate(items) if isinstance(item, Var)]
    if len(places) < 2:
        return _indexed(op, layout(x), items)
    if places[-1] != len(places) - 1:
        raise Unknown
    return _together(op, layout(x), items, len(places))


def _is_mask(var: Var) -> bool:
    return str(var.dtype) in ("torch.bool", "torch.uint8")


def _indexed(op: Op, dims: Layout, items: list[Any]) -> Layout:
    new: list[Dim] = []
    rest = iter(dims)
    for item in items:
        if item is None:
            new.append(())
        elif isinstance(item, slice):
            dim = next(rest)
            new.append(stretch(dim, range(*item.indices(size_of(dim))), op))
        elif isinstance(item, Var):
            next(rest)
            new.extend(layout(item))
        else:
            next(rest)
    return tuple(new)


def _together(op: Op, dims: Layout, items: list[Any], count: int) -> Layout:
    """The first dimensions indexed by tensors that are broadcast with one another, the others as ever."""
    return (*_picked(op, dims[:count], items[:count]), *_indexed(op, dims[count:], items[count:]))


def _picked(op: Op, dims: Layout, indices: list[Var]) -> Iterator[Dim]:
    """`x[arange(b)[:, None], ids]`: the samples, and some of the positions.

    A dimension of which all entries are taken in their order is there as it was; else it is one that was
    chosen from, or of which nothing is known where several were.
    """
    rank, sources = max(len(var.shape) for var in indices), [_once(var) for var in indices]
    for place in range(rank):
        size = max(_size_at(var, place - rank) for var in indices)
        along = [number for number, var in enumerate(sources) if _size_at(var, place - rank) > 1]
        whole = [number for number in along if _counts(sources[number], size_of(dims[number]))]
        chosen = whole or along
        known = len(chosen) == 1
        yield resized(dims[chosen[0]], size, op) if known else new_axis(size, op) if size > 1 else ()


def _size_at(var: Var, place: int) -> int:
    """The size of a dimension counted from the last, one where there is none."""
    return var.shape[place] if -place <= len(var.shape) else 1


def _once(var: Var) -> Var:
    """An index as it was before it was copied along dimensions of one, so that it varies along its own."""
    op = var.op
    if op is None or canonical(op.name) not in COPYING:
        return var
    before = op.inputs()[0]
    sizes = zip(reversed(before.shape), reversed(var.shape), strict=False)
    return before if all(size in (1, now) for size, now in sizes) else var


def _counts(var: Var, size: int) -> bool:
    """Whether a tensor holds 0, 1, 2 … up to a size, along its one dimension of more than one."""
    op = var.op
    if op is None or math.prod(var.shape) != size or max(var.shape) != size:
        return False
    if canonical(op.name) in IN_ORDER and len(op.inputs()) == 1:
        return _counts(op.inputs()[0], size)
    return canonical(op.name) == "arange" and op.args in ((size,), (0, size))
