"""Windows that slide over positions: unfold, and fold, which puts them back."""

from __future__ import annotations

from typing import Any

from shapedoc.core.axes import Dim, Layout, cut, join, size_of
from shapedoc.trace.layouts import layout, new_axis, output_shape, position, reshaped, rule
from shapedoc.trace.layouts.products import resized
from shapedoc.trace.recorder import Op, Var

Slide = tuple[int, int, int, int]  # along one dimension: the size of a window, dilation, padding and step


@rule("functional.unfold")
def unfold(
    op: Op, input: Var, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Layout:
    """x[b c h w] -> [b (c kh kw) (h' w')]"""
    *front, rows, columns = layout(input)
    along_rows, along_columns = _slides(kernel_size, dilation, padding, stride)
    down, kernel_rows = _windows(op, rows, along_rows)
    across, kernel_columns = _windows(op, columns, along_columns)
    return (*front[:-1], join((*front[-1], *kernel_rows, *kernel_columns)), join((*down, *across)))


@rule("fold")
def fold(
    op: Op,
    input: Var,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Layout:
    """x[b (c kh kw) (h' w')] -> [b c h w]"""
    *front, features, positions = layout(input)
    height, width = output_shape(op)[-2:]
    along_rows, along_columns = _slides(kernel_size, dilation, padding, stride)
    kernel = (along_rows[0], along_columns[0])
    channels, *places = reshaped(op, (features,), (output_shape(op)[-3], *kernel))
    counts = (_count(height, along_rows), _count(width, along_columns))
    down, across = reshaped(op, (positions,), counts)
    rows = _put_back(op, down, places[0], along_rows, height)
    return (*front, channels, rows, _put_back(op, across, places[1], along_columns, width))


@rule("Tensor.unfold")
def windows(op: Op, x: Var, dimension: int, size: int, step: int) -> Layout:
    """x[... n ...] -> [... n' ... size]: the places in a window stand last."""
    at, dims = position(dimension, len(x.shape)), layout(x)
    down, places = _windows(op, dims[at], (size, 1, 0, step))
    return (*dims[:at], down, *dims[at + 1 :], places)


def _slides(*settings: Any) -> tuple[Slide, Slide]:
    pairs = [(one, one) if isinstance(one, int) else tuple(one) for one in settings]
    rows, columns = zip(*[pair * 2 if len(pair) == 1 else pair for pair in pairs], strict=True)
    return rows, columns


def _count(length: int, slide: Slide) -> int:
    size, dilation, padding, step = slide
    return (length + 2 * padding - dilation * (size - 1) - 1) // step + 1


def _windows(op: Op, dim: Dim, slide: Slide) -> tuple[Dim, Dim]:
    """The windows along a dimension, and the places in one."""
    size, count = slide[0], _count(size_of(dim), slide)
    if len(dim) == 1 and _side_by_side(slide) and count * size == dim[0].size:
        outer, inner = cut(dim[0], count, op.index)
        return (outer,), (inner,)
    return resized(dim, count, op), new_axis(size, op)


def _put_back(op: Op, down: Dim, places: Dim, slide: Slide, length: int) -> Dim:
    both = join((*down, *places))
    return both if _side_by_side(slide) and size_of(both) == length else resized(down, length, op)


def _side_by_side(slide: Slide) -> bool:
    """Whether windows neither overlap nor leave anything out."""
    size, dilation, padding, step = slide
    return step == size and dilation == 1 and padding == 0
