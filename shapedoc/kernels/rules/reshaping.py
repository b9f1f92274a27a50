"""Shapes given as arguments: view, unflatten, expand.

>>> from shapedoc.core.mismatch import explain
>>> explain(view(TensorShape((2, 3)), (4, 2)))
'input has 6 elements, (4, 2) has 8'
>>> explain(view(TensorShape((2, 3)), (4, -1)))
'input has 6 elements, which is not divisible by 4 (-1 of (4, -1))'
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from shapedoc.core.mismatch import Fault, Mismatch, TensorShape
from shapedoc.kernels.rules import integers, position


def view(input: TensorShape, shape: Any) -> Mismatch | None:
    """As many elements as there are; one size may be -1."""
    return _fills(Mismatch(Fault.COUNT, "input", found=math.prod(input), axis="elements"), integers(shape))


def unflatten(input: TensorShape, dim: Any, sizes: Any) -> Mismatch | None:
    """As many elements as the dimension has; one size may be -1."""
    place = position(dim, len(input))
    if not input:
        return Mismatch(Fault.MIN_RANK, "input", expected=(1,), found=0)
    return _fills(Mismatch(Fault.COUNT, "input", place, found=input[place]), integers(sizes))


def expand(input: TensorShape, sizes: Any) -> Mismatch | None:
    """Sizes stay, except that 1 becomes any; -1 is the size there is."""
    spare = len(integers(sizes)) - len(input)
    if spare < 0:
        return Mismatch(Fault.RANK, "input", expected=(len(sizes),), found=len(input), expression="sizes")
    if -1 in sizes[:spare]:
        return Mismatch(Fault.AMBIGUOUS, "input", axis=f"the new dimensions of {sizes}", found=-1)
    for dim, (size, wanted) in enumerate(zip(input, sizes[spare:], strict=True)):
        if size != 1 and wanted not in (size, -1):
            return Mismatch(Fault.BROADCAST, "input", dim, "", (wanted, 1), size, expression="sizes")
    return None


def _fills(found: Mismatch, sizes: tuple[int, ...]) -> Mismatch | None:
    """Whether the sizes can take what was found; -1 takes what the others leave."""
    known = math.prod(size for size in sizes if size != -1)
    count, unknown = found.found or 0, sizes.count(-1)
    if unknown > 1:
        words = f"{sizes} has -1 {unknown} times, only one size can follow from the others"
        return replace(found, fault=Fault.WHERE, axis="-1", expected=(1,), found=unknown, words=words)
    if unknown == 0 and count != known:
        return replace(found, expected=(known,), expression=str(sizes))
    if unknown and (count % known if known else True):
        return replace(found, fault=Fault.DIVIDE, expected=(known,), expression=f"-1 of {sizes}")
    return None
