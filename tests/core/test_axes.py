"""The axis algebra against the truth: tensors whose values are their own coordinates."""

from __future__ import annotations

import itertools
import math

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from shapedoc.core.axes import Axis, Layout, Piece, layout_of, pieces_of, reshape, shape_of

Grid = torch.Tensor


def coordinates(shape: tuple[int, ...]) -> Grid:
    """A tensor that holds the flat index of each of its elements."""
    return torch.arange(math.prod(shape)).reshape(shape)


def digit(values: Grid, axes: list[Axis], piece: Piece) -> Grid:
    """Where along a piece the elements sit, read off their values."""
    index = axes.index(piece.axis)
    inner = math.prod(axis.size for axis in axes[index + 1 :])
    return values // inner % piece.axis.size // piece.step % piece.size


def position(shape: tuple[int, ...], dim: int, inner: int, size: int) -> Grid:
    """Where along a piece of a dimension the elements sit, read off their places."""
    steps = torch.arange(shape[dim]) // inner % size
    return steps.reshape([-1 if index == dim else 1 for index in range(len(shape))]).expand(shape)


def agrees(values: Grid, axes: list[Axis], layout: Layout) -> bool:
    """Whether every known piece of a layout sits where the values say."""
    for dim, pieces in enumerate(layout):
        inner = 1
        for piece in reversed(pieces):
            if piece.axis in axes:
                there = position(tuple(values.shape), dim, inner, piece.size)
                if not torch.equal(digit(values, axes, piece), there):
                    return False
            inner *= piece.size
    return True


def is_torn(values: Grid, axes: list[Axis]) -> bool:
    """Whether elements were regrouped across axes, from the values alone.

    An axis is whole in a dimension, or its digits are spread so that each dimension holds a run of
    them; it is torn when moving along one dimension changes it in no such regular way, or when it
    is shared between two dimensions and each of them also holds another axis on its far side.
    """
    return any(_irregular(values, axes, axis) for axis in axes) or _straddled(values, axes)


def _coordinate(values: Grid, axes: list[Axis], axis: Axis) -> Grid:
    return digit(values, axes, Piece(axis, axis.size))


def _depends(values: Grid, dim: int) -> bool:
    return values.shape[dim] > 1 and bool((values != values.narrow(dim, 0, 1)).any())


def _irregular(values: Grid, axes: list[Axis], axis: Axis) -> bool:
    """An axis is regular when its coordinate is a sum of one function for each dimension."""
    mine = _coordinate(values, axes, axis)
    total = torch.zeros_like(mine)
    corner = mine[(0,) * mine.ndim]
    for dim in range(mine.ndim):
        line = mine[tuple(slice(None) if index == dim else 0 for index in range(mine.ndim))] - corner
        total = total + line.reshape([-1 if index == dim else 1 for index in range(mine.ndim)])
    return not torch.equal(total + corner, mine)


def _straddled(values: Grid, axes: list[Axis]) -> bool:
    holds = {
        dim: [axis for axis in axes if _depends(_coordinate(values, axes, axis), dim)]
        for dim in range(values.ndim)
    }
    for left, right in itertools.combinations(range(values.ndim), 2):
        shared = [axis for axis in holds[left] if axis in holds[right]]
        if any(
            axis is holds[left][-1]
            and holds[left][0] is not axis
            and axis is holds[right][0]
            and holds[right][-1] is not axis
            for axis in shared
        ):
            return True
    return False


sizes = st.sampled_from([1, 2, 3, 4, 6, 8])


def factorings(number: int, draw: st.DrawFn) -> tuple[int, ...]:
    """A random shape with `number` elements."""
    shape = []
    while number > 1 and len(shape) < 4:
        divisor = draw(st.sampled_from([d for d in range(1, number + 1) if number % d == 0]))
        shape.append(divisor)
        number //= divisor
    return (*shape, number) if number > 1 or not shape else tuple(shape)


@st.composite
def reshapes(draw: st.DrawFn) -> tuple[list[Axis], tuple[int, ...]]:
    axes = [
        Axis(size, name)
        for size, name in zip(draw(st.lists(sizes, min_size=1, max_size=4)), "abcd", strict=False)
    ]
    return axes, factorings(math.prod(axis.size for axis in axes), draw)


@given(reshapes())
@settings(max_examples=600, deadline=None)
def test_a_reshape_tears_exactly_when_the_values_are_torn(case: tuple[list[Axis], tuple[int, ...]]) -> None:
    axes, shape = case
    result = reshape(layout_of(*axes), shape)
    values = coordinates(tuple(axis.size for axis in axes)).reshape(shape)
    assert shape_of(result.layout) == shape
    assert agrees(values, axes, result.layout)
    assert bool(result.tears) == is_torn(values, axes)


@st.composite
def chains(draw: st.DrawFn) -> tuple[list[Axis], list[tuple[str, tuple[int, ...]]]]:
    """Axes, and a random chain of permutes and reshapes over them."""
    axes = [
        Axis(size, name)
        for size, name in zip(draw(st.lists(sizes, min_size=2, max_size=4)), "abcd", strict=False)
    ]
    shape = tuple(axis.size for axis in axes)
    steps: list[tuple[str, tuple[int, ...]]] = []
    for _ in range(draw(st.integers(1, 6))):
        if draw(st.booleans()):
            order = tuple(draw(st.permutations(range(len(shape)))))
            steps.append(("permute", order))
            shape = tuple(shape[index] for index in order)
        else:
            shape = factorings(math.prod(shape), draw)
            steps.append(("reshape", shape))
    return axes, steps


@given(chains())
@settings(max_examples=400, deadline=None)
def test_layouts_say_where_the_values_are_after_any_chain(case: tuple[list[Axis], list]) -> None:
    axes, steps = case
    layout, values = layout_of(*axes), coordinates(tuple(axis.size for axis in axes))
    for name, argument in steps:
        if name == "permute":
            layout, values = tuple(layout[index] for index in argument), values.permute(argument)
        else:
            layout, values = reshape(layout, argument).layout, values.reshape(argument)
        assert shape_of(layout) == tuple(values.shape)
        assert agrees(values, axes, layout)


def test_a_split_axis_is_whole_again_after_merging() -> None:
    b, c = Axis(2, "b"), Axis(12, "c")
    layout = layout_of(b, c)
    for shape in ((2, 3, 4), (2, 3, 2, 2), (2, 12, 1), (2, 12)):
        layout = reshape(layout, shape).layout
    assert layout == layout_of(b, c)


def test_sizes_that_divide_by_accident_are_torn() -> None:
    b, c, t, h, w = (Axis(size, name) for size, name in zip((2, 6, 3, 4, 4), "bcthw", strict=True))
    [tear] = reshape(layout_of(b, c, t, h, w), (6, 6, 16)).tears
    assert (tear.old, tear.new) == ((0, 3), (0, 2))


def test_a_merged_axis_keeps_the_order_it_was_merged_in() -> None:
    b, heads = Axis(2, "b"), Axis(3, "heads")
    merged = reshape(layout_of(b, heads), (6,)).layout
    assert [piece.axis for piece in pieces_of(merged)] == [b, heads]
    assert reshape(merged, (3, 2)).tears
