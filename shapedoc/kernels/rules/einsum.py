"""torch.einsum: the equation says what every operand is.

>>> from shapedoc.core.mismatch import explain
>>> explain(einsum("ij,jk", (TensorShape((2, 3)), TensorShape((4, 5)))))
'operands[1] has 4 in dimension 0, operands[0] has j=3'
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from shapedoc.core.equations import einsum_shape, parse_equation
from shapedoc.core.mismatch import Mismatch, TensorShape
from shapedoc.core.patterns import PatternError
from shapedoc.kernels.rules import Unjudged

_parse = lru_cache(maxsize=256)(parse_equation)


def einsum(equation: Any, operands: Any) -> Mismatch | None:
    """Sizes of one letter are equal, or 1."""
    tensors = operands if isinstance(operands, tuple) else ()
    if not isinstance(equation, str) or not all(isinstance(tensor, TensorShape) for tensor in tensors):
        raise Unjudged
    try:
        shape = einsum_shape(_parse(equation), tensors)
    except PatternError:
        raise Unjudged from None
    return shape if isinstance(shape, Mismatch) else None
