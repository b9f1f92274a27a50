"""Einsum equations, torch's and einops', read as signatures.

>>> from shapedoc.core.mismatch import explain
>>> attention = parse_equation("bhid,bhjd->bhij")
>>> einsum_shape(attention, [(2, 4, 5, 8), (2, 4, 7, 8)])
(2, 4, 5, 7)
>>> explain(einsum_shape(attention, [(2, 4, 5, 8), (2, 4, 7, 6)]))
'operands[1] has 6 in its last dimension, operands[0] has d=8'
>>> einsum_shape(parse_named_equation("b q d, b k d -> b q k"), [(2, 5, 8), (2, 7, 8)])
(2, 5, 7)

Sizes of 1 broadcast from one operand to another, as torch has it; einops hands its equations to torch.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate

from shapedoc.core.matching import match
from shapedoc.core.mismatch import Bindings, Fault, Mismatch, Position, Shape
from shapedoc.core.patterns import REST, PatternError, is_axis_name
from shapedoc.core.results import ResultShape, result_shapes
from shapedoc.core.signature import BroadcastRest, Dims, Form, Named, OneOr, Operand, Signature

Axes = tuple[str, ...]
_WORD = re.compile(r"[^ ]+")


def parse_equation(text: str) -> Signature:
    """torch's form, a letter for each axis; without `->` the result has the letters that stand once.

    >>> einsum_shape(parse_equation("ij,jk"), [(2, 3), (3, 4)])
    (2, 4)
    """
    left, arrow, right = text.partition("->")
    operands = _operands(left, _letters)
    return _signature(text, operands, _letters(right, len(left) + 2) if arrow else _implied(operands))


def parse_named_equation(text: str) -> Signature:
    """einops' form, names with spaces between: `b q d, b k d -> b q k`."""
    left, arrow, right = text.partition("->")
    if not arrow:
        raise PatternError("a pattern has one ->", len(text) + 1)
    return _signature(text, _operands(left, _words), _words(right, len(left) + 2))


def einsum_shape(equation: Signature, shapes: Sequence[Shape]) -> ResultShape | Mismatch:
    """The shape of the result."""
    wanted = len(equation.forms[0].operands)
    if len(shapes) != wanted:
        return Mismatch(Fault.MISSING, f"operands[{len(shapes)}]", expected=(wanted,), found=len(shapes))
    named = {_name(at): shape for at, shape in enumerate(shapes)}
    bound = _diagonal(equation, shapes) or match(equation, named)
    if not isinstance(bound, Bindings):
        return replace(bound, shapes=tuple(named.items()))
    [result] = result_shapes(equation, bound) or [()]
    return result


def _operands(left: str, read: Callable[[str, int], Axes]) -> list[Axes]:
    parts = left.split(",")
    starts = accumulate((len(part) + 1 for part in parts[:-1]), initial=0)
    return [read(part, start) for part, start in zip(parts, starts, strict=True)]


def _letters(text: str, offset: int) -> Axes:
    """The letters and at most one `...` of an operand, spaces apart."""
    axes: list[str] = []
    at = 0
    while at < len(text):
        axis = REST if text.startswith(REST, at) else text[at]
        if axis == REST and REST in axes:
            raise PatternError("... stands twice", offset + at + 1)
        if axis not in (REST, " ") and not (axis.isascii() and axis.isalpha()):
            raise PatternError(f"{axis} is no letter", offset + at + 1)
        axes += [axis] if axis != " " else []
        at += len(axis)
    return tuple(axes)


def _words(text: str, offset: int) -> Axes:
    """Names and at most one `...`; in einsum `_` is a name as well."""
    axes: list[str] = []
    for found in _WORD.finditer(text):
        axis, column = found.group(), offset + found.start() + 1
        if axis == REST and REST in axes:
            raise PatternError("... stands twice", column)
        if axis not in (REST, "_") and not is_axis_name(axis):
            raise PatternError(f"{axis} is no name of an axis", column)
        axes.append(axis)
    return tuple(axes)


def _implied(operands: Sequence[Axes]) -> Axes:
    counts = Counter(axis for axes in operands for axis in axes)
    rest = (REST,) if counts.pop(REST, 0) else ()
    return (*rest, *sorted(axis for axis, count in counts.items() if count == 1))


def _signature(text: str, operands: Sequence[Axes], output: Axes) -> Signature:
    known = {REST, *(axis for axes in operands for axis in axes)}
    column = text.find("->") + 3
    for axis, count in Counter(output).items():
        if axis not in known or count > 1:
            problem = "stands twice in the result" if count > 1 else "is no axis of an operand"
            raise PatternError(f"{axis} {problem}", column)
    inputs = tuple(Operand(_name(at), _dims(axes)) for at, axes in enumerate(operands))
    result: Dims = tuple(BroadcastRest() if axis == REST else Named(axis) for axis in output)
    return Signature((text,), (Form(inputs, (result,)),))


def _dims(axes: Axes) -> Dims:
    return tuple(BroadcastRest() if axis == REST else OneOr(Named(axis)) for axis in axes)


def _name(at: int) -> str:
    return f"operands[{at}]"


def _diagonal(equation: Signature, shapes: Sequence[Shape]) -> Mismatch | None:
    """An axis written twice in one operand has one size there, and 1 is no exception."""
    for operand, shape in zip(equation.forms[0].operands, shapes, strict=True):
        places: dict[str, int] = {}
        for dim, axis in enumerate(map(str, operand.dims)):
            first = places.setdefault(axis, dim) if len(shape) == len(operand.dims) else dim
            if shape[first : first + 1] != shape[dim : dim + 1]:
                here, there = Position(operand.name, dim), Position(operand.name, first)
                return Mismatch(Fault.SIZE, here.operand, dim, axis, (shape[first],), shape[dim], there)
    return None
