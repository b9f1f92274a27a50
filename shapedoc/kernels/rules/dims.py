"""Dimensions given by number, in the order of a permutation or one at a time.

>>> from shapedoc.core.mismatch import explain
>>> explain(permute(TensorShape((2, 3, 4)), (0, 1, 1)))
'dimension 1 is named 2 times'
"""

from __future__ import annotations

from typing import Any

from shapedoc.core.mismatch import Fault, Mismatch, TensorShape
from shapedoc.kernels.rules import integers, position


def permute(input: TensorShape, dims: Any) -> Mismatch | None:
    """Every dimension, each once."""
    if len(integers(dims)) != len(input):
        return Mismatch(Fault.RANK, "input", expected=(len(dims),), found=len(input), expression="dims")
    places = [position(dim, len(input), "dims") for dim in dims]
    return _repetition(places)


def reduce(input: TensorShape, dim: Any) -> Mismatch | None:
    """Any dimensions, each at most once; None is all of them."""
    return None if dim is None else _repetition([position(one, len(input)) for one in integers(dim)])


def flip(input: TensorShape, dims: Any) -> Mismatch | None:
    """Any dimensions, each at most once."""
    return _repetition([position(one, len(input), "dims") for one in integers(dims)])


def transpose(input: TensorShape, dim0: Any, dim1: Any) -> None:
    """Any two dimensions."""
    position(dim0, len(input), "dim0")
    position(dim1, len(input), "dim1")


def move(input: TensorShape, source: Any, destination: Any) -> Mismatch | None:
    """As many places to take from as to put in."""
    places = [[position(dim, len(input)) for dim in integers(dims)] for dims in (source, destination)]
    given, wanted = map(len, places)
    if given != wanted:
        words = f"source names {given} dimensions, destination {wanted}"
        return Mismatch(Fault.WHERE, "input", axis="source", expected=(wanted,), found=given, words=words)
    return _repetition(places[0]) or _repetition(places[1])


def flatten(input: TensorShape, start_dim: Any, end_dim: Any) -> Mismatch | None:
    """The first no later than the last."""
    start = position(start_dim, len(input), "start_dim")
    end = position(end_dim, len(input), "end_dim")
    if start <= end:
        return None
    words = f"start_dim={start_dim} comes after end_dim={end_dim}"
    return Mismatch(Fault.WHERE, "input", axis="start_dim", expected=(end,), found=start, words=words)


def unsqueeze(input: TensorShape, dim: Any) -> None:
    """One dimension more than there are."""
    position(dim, len(input) + 1)


def _repetition(places: list[int]) -> Mismatch | None:
    for place in places:
        count = places.count(place)
        if count > 1:
            words = f"dimension {place} is named {count} times"
            return Mismatch(Fault.WHERE, "input", axis="dims", expected=(1,), found=count, words=words)
    return None
