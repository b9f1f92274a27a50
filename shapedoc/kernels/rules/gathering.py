"""Elements picked or placed along one dimension by a tensor of indices.

>>> from shapedoc.core.mismatch import explain
>>> explain(gather(TensorShape((4, 4)), 1, TensorShape((5, 2))))
'index is larger than input in dimension 0: 5 against 4'
"""

from __future__ import annotations

from typing import Any

from shapedoc.core.mismatch import Fault, Mismatch, Position, TensorShape
from shapedoc.kernels.rules import position


def gather(input: TensorShape, dim: Any, index: TensorShape) -> Mismatch | None:
    """An index of as many dimensions, no larger than the input except along `dim`."""
    along = position(dim, len(input))
    return _rank("index", index, input) or _within(index, "input", input, along)


def scatter(input: TensorShape, dim: Any, index: TensorShape, src: Any) -> Mismatch | None:
    """An index no larger than `src`, nor than the input except along `dim`."""
    along = position(dim, len(input))
    if 0 in index:
        return None
    broken = _rank("index", index, input) or _within(index, "input", input, along)
    if broken or not isinstance(src, TensorShape):
        return broken
    return _rank("src", src, input) or _within(index, "src", src, None)


def index_select(input: TensorShape, dim: Any, index: TensorShape) -> Mismatch | None:
    """One dimension of indices."""
    position(dim, len(input))
    return None if len(index) < 2 else Mismatch(Fault.RANK, "index", expected=(1,), found=len(index))


def _rank(operand: str, shape: TensorShape, input: TensorShape) -> Mismatch | None:
    wanted, found = max(len(input), 1), max(len(shape), 1)
    if wanted == found or 0 in shape:
        return None
    return Mismatch(Fault.RANK, operand, None, "", (wanted,), found, Position("input", None))


def _within(index: TensorShape, operand: str, shape: TensorShape, along: int | None) -> Mismatch | None:
    for dim, (found, limit) in enumerate(zip(index, shape, strict=False)):
        if dim != along and found > limit:
            words = f"index is larger than {operand} in dimension {dim}: {found} against {limit}"
            return Mismatch(
                Fault.WHERE, "index", dim, "", (limit,), found, Position(operand, dim), words=words
            )
    return None
