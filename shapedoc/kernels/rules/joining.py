"""Tensors put together along a dimension.

>>> from shapedoc.core.mismatch import explain
>>> explain(cat((TensorShape((2, 3)), TensorShape((2, 4))), 0))
'tensors[1] has 4 in dimension 1, tensors[0] has 3 in dimension 1'
"""

from __future__ import annotations

from typing import Any

from shapedoc.core.mismatch import Fault, Mismatch, Position, TensorShape
from shapedoc.kernels.rules import Unjudged, position


def cat(tensors: Any, dim: Any) -> Mismatch | None:
    """The same sizes, except along `dim`. An empty tensor of one dimension joins anything."""
    if not isinstance(tensors, tuple) or not all(isinstance(tensor, TensorShape) for tensor in tensors):
        raise Unjudged
    joined = [(f"tensors[{at}]", tensor) for at, tensor in enumerate(tensors) if tensor != (0,)]
    if not joined:
        return None
    scalar = next((operand for operand, shape in joined if not shape), None)
    if scalar:
        return Mismatch(Fault.MIN_RANK, scalar, expected=(1,), found=0)
    along = position(dim, len(joined[0][1]), operand=joined[0][0])
    return next(filter(None, (_differs(joined[0], other, along) for other in joined[1:])), None)


def _differs(first: tuple[str, TensorShape], other: tuple[str, TensorShape], along: int) -> Mismatch | None:
    (leader, expected), (operand, found) = first, other
    if len(found) != len(expected):
        whole = Position(leader, None)
        return Mismatch(Fault.RANK, operand, None, "", (len(expected),), len(found), whole)
    for dim, (wanted, size) in enumerate(zip(expected, found, strict=True)):
        if dim != along and size != wanted:
            return Mismatch(Fault.SIZE, operand, dim, "", (wanted,), size, Position(leader, dim))
    return None
