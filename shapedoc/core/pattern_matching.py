"""einops patterns held against shapes: the sizes of all axes, or the first mismatch.

>>> from shapedoc.core.mismatch import explain
>>> from shapedoc.core.patterns import parse_pattern
>>> split = parse_pattern("b (heads d) h w -> b heads (h w) d")
>>> bound = match_pattern(split, (2, 12, 5, 5), {"heads": 4})
>>> bound.sizes["d"], result_shape(split, bound)
(3, (2, 4, 25, 3))
>>> explain(match_pattern(split, (2, 12, 5, 5), {"heads": 8}))
'tensor has 12 in dimension 1, which is not divisible by 8 (heads of (heads d))'

The rules are those of einops 0.8: one size of a group may be unknown and follows by division.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from shapedoc.core.mismatch import Bindings, Fault, Mismatch, Mismatched, Shape
from shapedoc.core.patterns import REST, Composite, Pattern, Side, factors_of

OPERAND = "tensor"


def match_pattern(
    pattern: Pattern, shape: Shape, sizes: Mapping[str, int] | None = None
) -> Bindings | Mismatch:
    """What a pattern binds for a tensor of this shape and these sizes of axes."""
    try:
        return _match(pattern, shape, sizes or {})
    except Mismatched as stopped:
        return replace(stopped.mismatch, shapes=((OPERAND, shape),))


def result_shape(pattern: Pattern, bindings: Bindings) -> Shape:
    """The shape that comes out."""
    shape: list[int] = []
    for composite in pattern.right:
        if composite.is_rest:
            shape += bindings.rest
        else:
            shape.append(math.prod(_size(factor, bindings) for factor in composite.factors))
    return tuple(shape)


def _size(factor: str | int, bindings: Bindings) -> int:
    if isinstance(factor, int):
        return factor
    return math.prod(bindings.rest) if factor == REST else bindings.sizes[factor]


def _match(pattern: Pattern, shape: Shape, given: Mapping[str, int]) -> Bindings:
    _check_given(pattern, given)
    dims, rest = _aligned(pattern.left, shape)
    sizes = dict(given)
    for dim, composite in enumerate(dims):
        if not composite.is_rest:
            _bind(composite, dim, shape[dim], sizes)
    labels = {OPERAND: tuple("" if composite.is_rest else str(composite) for composite in dims)}
    return Bindings(sizes, rest, labels=labels)


def _check_given(pattern: Pattern, given: Mapping[str, int]) -> None:
    """Sizes are for axes of the pattern, and axes that only come out have one."""
    left, right = set(factors_of(pattern.left)), set(factors_of(pattern.right))
    for axis in given:
        if axis not in left | right:
            raise Mismatched(Mismatch(Fault.UNUSED, OPERAND, axis=axis, expression=pattern.text))
    for factor in factors_of(pattern.right):
        if isinstance(factor, str) and factor not in left and factor not in given:
            raise Mismatched(Mismatch(Fault.MISSING, OPERAND, axis=factor, expression=pattern.text))


def _aligned(left: Side, shape: Shape) -> tuple[Side, Shape]:
    """A composite for every dimension, and the sizes that `...` stands for."""
    rest = next((at for at, composite in enumerate(left) if composite.is_rest), None)
    spare = len(shape) - len(left) + (rest is not None)
    if spare < 0 or (spare and rest is None):
        fault = Fault.RANK if rest is None else Fault.MIN_RANK
        expected = len(left) - (rest is not None)
        raise Mismatched(Mismatch(fault, OPERAND, expected=(expected,), found=len(shape)))
    if rest is None:
        return left, ()
    return (*left[:rest], *[left[rest]] * spare, *left[rest + 1 :]), shape[rest : rest + spare]


def _bind(composite: Composite, dim: int, size: int, sizes: dict[str, int]) -> None:
    """Check one dimension, and find the size of the one axis in it that has none."""
    unknown = [factor for factor in composite.factors if isinstance(factor, str) and factor not in sizes]
    known = [factor for factor in composite.factors if factor not in unknown]
    product = math.prod(factor if isinstance(factor, int) else sizes[factor] for factor in known)
    here = Mismatch(Fault.SIZE, OPERAND, dim, str(composite), (product,), size)
    if len(unknown) > 1:
        raise Mismatched(replace(here, fault=Fault.AMBIGUOUS, axis=" ".join(unknown), expected=()))
    if not unknown:
        if size != product:
            raise Mismatched(here)
    elif product <= 0 or size % product:
        divisor = " ".join(str(factor) for factor in known)
        raise Mismatched(replace(here, fault=Fault.DIVIDE, expression=f"{divisor} of {composite}"))
    else:
        sizes[unknown[0]] = size // product
