"""einops: the pattern splits, names, orders and merges axes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

from einops.parsing import ParsedExpression

from shapedoc.core.axes import Axis, Dim, Layout, dim_of, join, named, reshape, size_of
from shapedoc.trace.layouts import Unknown, layout, output_shape, reshaped, rule
from shapedoc.trace.layouts.parts import stretch
from shapedoc.trace.layouts.products import apart
from shapedoc.trace.recorder import Op, Var, variables

PATTERNED = ("einops.rearrange", "einops.reduce", "einops.repeat")
ELLIPSIS = "…"  # einops' own token for the dimensions that `...` stands for

expression = cache(ParsedExpression)  # one side of a pattern; blocks repeat theirs


@rule(*PATTERNED)
def rearrange(op: Op, x: Any, pattern: str, /, *args: Any, **sizes: Any) -> Layout:
    """`b (h d) n -> b h n d`: axes by name; on the left alone reduced, on the right alone new."""
    if not isinstance(x, Var):
        raise Unknown
    left, right = (expression(side) for side in pattern.split("->"))
    axes = elementary(op, left, layout(x), sizes)
    rest = axes.pop(ELLIPSIS, [])
    for name in right.identifiers - axes.keys() - {ELLIPSIS}:
        axes[name] = [dim_of(Axis(int(sizes[str(name)]), str(name), origin=op.index))]
    return tuple(dim for group in right.composition for dim in _group(group, axes, rest))


def pattern_groups(op: Op) -> list[list[str]]:
    """The names on the left of a pattern, by dimension; what `...` stands for has none."""
    if op.name not in PATTERNED or not isinstance(op.args[0], Var):
        return []
    groups = expression(str(op.args[1]).partition("->")[0]).composition
    names = [list(map(str, group)) if isinstance(group, list) else [] for group in groups]
    if ELLIPSIS in groups:
        at = groups.index(ELLIPSIS)
        names[at : at + 1] = [[]] * (len(op.args[0].shape) - len(groups) + 1)
    return names if len(names) == len(op.args[0].shape) else []


def pattern_parts(op: Op) -> Iterator[tuple[str, int, Dim]]:
    """Every name on the left of a pattern, the dimension it is in, and what of it the name stands for."""
    groups = pattern_groups(op)
    dims = op.args[0].layout or () if groups else ()
    for at, (names, dim) in enumerate(zip(groups, dims, strict=False)):
        parts = reshape((dim,), _sizes(names, dim, op.kwargs)).layout if len(names) > 1 else (dim,)
        yield from ((name, at, part) for name, part in zip(names, parts, strict=False))


def pattern_result(op: Op) -> list[list[str]]:
    """The names on the right of a pattern, by dimension."""
    groups = expression(str(op.args[1]).partition("->")[2]).composition
    return [list(map(str, group)) for group in groups if isinstance(group, list)]


def elementary(op: Op, parsed: Any, dims: Layout, sizes: dict[str, Any]) -> dict[Any, list[Dim]]:
    """The dimension of every name on the left of a pattern, and the list that `...` stands for."""
    groups = parsed.composition
    extra = len(dims) - len(groups) + 1
    found: dict[Any, list[Dim]] = {}
    at = 0
    for group in groups:
        if group == ELLIPSIS or group == [ELLIPSIS]:
            found[ELLIPSIS] = list(dims[at : at + extra])
            at += extra
        else:
            found |= _split(op, list(group), dims[at], sizes)
            at += 1
    return found


def _split(op: Op, names: list[Any], dim: Dim, sizes: dict[str, Any]) -> dict[Any, list[Dim]]:
    if len(names) < 2:
        return {name: [named(dim, str(name))] for name in names}
    parts = reshaped(op, (dim,), _sizes(names, dim, sizes))
    return {name: [named(part, str(name))] for name, part in zip(names, parts, strict=True)}


def _sizes(names: list[Any], dim: Dim, sizes: dict[str, Any]) -> list[int]:
    known = {name: int(sizes[name]) for name in names if name in sizes}
    rest = size_of(dim) // max(math.prod(known.values()), 1)
    return [known.get(name, rest) for name in names]


def _group(group: Any, axes: dict[Any, list[Dim]], rest: list[Dim]) -> list[Dim]:
    if group == ELLIPSIS:
        return rest
    parts = [part for name in group for part in (rest if name == ELLIPSIS else axes[name])]
    return [join(piece for part in parts for piece in part)]


@rule("einops.pack")
def pack(op: Op, tensors: Any, pattern: str) -> Layout:
    """Dimensions at `*` are merged and joined; the others are the first tensor's."""
    shape = output_shape(op)
    before = pattern.split().index("*")
    after = len(shape) - before - 1
    parts = [join(piece for dim in middle_of(layout(var), before, after) for piece in dim) for var in tensors]
    packed = (
        parts[0] if len(parts) == 1 else dim_of(Axis(shape[before], "", origin=op.index, parts=tuple(parts)))
    )
    first = layout(tensors[0])
    return (*first[:before], packed, *first[len(first) - after :])


def middle_of(dims: Layout, before: int, after: int) -> Layout:
    """The dimensions that a `*` stands for."""
    return dims[before : len(dims) - after]


@rule("einops.unpack")
def unpack(op: Op, packed: Var, shapes: Any, pattern: str) -> list[Layout]:
    """The inverse of pack: parts have the axes that were packed."""
    before, start = pattern.split().index("*"), 0
    dims, found = layout(packed), []
    for part in variables(op.outputs):
        after = len(dims) - before - 1
        size = math.prod(part.shape[before : len(part.shape) - after])
        middle = stretch(dims[before], range(start, start + size), op)
        found.append(reshaped(op, (*dims[:before], middle, *dims[before + 1 :]), part.shape))
        start += size
    return found


@rule("einops.einsum")
def einsum(op: Op, *arguments: Any) -> Layout:
    """`b i d, b j d -> b i j`: an output axis is the first operand's of that name."""
    *tensors, pattern = arguments
    left, _, right = pattern.partition("->")
    if "..." in pattern:
        raise Unknown
    axes: dict[str, Dim] = {}
    for names, var in zip(left.split(","), tensors, strict=True):
        for name, dim in zip(names.split(), layout(var), strict=True):
            axes.setdefault(name, named(dim, name))
    return apart([axes[name] for name in right.split()], op)
