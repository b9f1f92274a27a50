"""What matching shapes against a signature, a pattern or a rule comes to: bindings, or one mismatch.

A mismatch is data; `explain` words it:

>>> found = Mismatch(
...     Fault.SIZE, "input", 1, "in_features", (256,), 512, Position("weight", 1),
...     shapes=(("input", (8, 512)), ("weight", (64, 256))),
... )
>>> explain(found)
'input has 512 in its last dimension, weight has in_features=256'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

Shape = tuple[int, ...]


class TensorShape(tuple[int, ...]):
    """The shape of a tensor, told apart from any other tuple of integers; `dtype` as in "float32"."""

    dtype: str = ""

    @classmethod
    def of(cls, shape: Shape, dtype: str = "") -> TensorShape:
        tensor = cls(shape)
        tensor.dtype = dtype
        return tensor


class Fault(str, Enum):
    """In what way shapes disagree. The comment says what `expected` and `found` are."""

    RANK = "rank"  # the numbers of dimensions that would do; the number there is
    MIN_RANK = "min-rank"  # the fewest dimensions that would do
    SIZE = "size"  # the size bound earlier; the size here
    BROADCAST = "broadcast"  # the sizes that would do
    DIVIDE = "divide"  # the divisor; the size that it does not divide
    COUNT = "count"  # numbers of elements
    RANGE = "range"  # the lowest and the highest that would do; the argument
    WHERE = "where"  # the right and the left side of the condition
    MISSING = "missing"  # an operand or the size of an axis was not given
    UNUSED = "unused"  # a size was given for an axis that is not there
    AMBIGUOUS = "ambiguous"  # axes whose sizes do not follow from the shape


@dataclass(frozen=True, slots=True)
class Position:
    """A dimension of an operand, or, where `dim` is None, the operand as a whole."""

    operand: str
    dim: int | None


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The first thing that does not fit, and who set the expectation.

    `operand` and `dim` are where it shows, `axis` the name of the axis or argument at fault. `bound_by`
    is the dimension that bound the axis first; where an argument did, `expression` says which one.
    Of a condition, `expression` is its text, `numbers` the same filled in, `words` what is the matter.
    `code` is the rule, `hint` one thing to try, `prints` what the operation itself says: the contract's.
    """

    fault: Fault
    operand: str = ""
    dim: int | None = None
    axis: str = ""
    expected: tuple[int, ...] = ()
    found: int | None = None
    bound_by: Position | None = None
    expression: str = ""
    numbers: str = ""
    words: str = ""
    shapes: tuple[tuple[str, Shape], ...] = ()
    code: str = ""
    hint: str = ""
    prints: str = ""


class Mismatched(Exception):
    """Carries a mismatch from where it is found to the function that returns it."""

    def __init__(self, mismatch: Mismatch) -> None:
        super().__init__(mismatch)
        self.mismatch = mismatch


@dataclass(frozen=True, slots=True)
class Bindings:
    """Shapes that fit.

    `sizes` of the axes, what `...` stands for (`rest`), all `names` an expression may use, the position
    that `bound` each axis, `labels` of every operand's dimensions, and which form of the signature it was.
    """

    sizes: Mapping[str, int] = field(default_factory=dict)
    rest: Shape = ()
    names: Mapping[str, Any] = field(default_factory=dict)
    bound: Mapping[str, Position] = field(default_factory=dict)
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    form: int = 0


def renamed(mismatch: Mismatch, names: Mapping[str, str]) -> Mismatch:
    """The same mismatch with operands called as the caller calls them.

    >>> renamed(Mismatch(Fault.RANK, "input", expected=(4,), found=3), {"input": "x"}).operand
    'x'
    """
    bound_by = mismatch.bound_by
    return replace(
        mismatch,
        operand=names.get(mismatch.operand, mismatch.operand),
        bound_by=bound_by and replace(bound_by, operand=names.get(bound_by.operand, bound_by.operand)),
        shapes=tuple((names.get(operand, operand), shape) for operand, shape in mismatch.shapes),
    )


def explain(mismatch: Mismatch) -> str:
    """One sentence with both sides of the disagreement."""
    return _SENTENCES[mismatch.fault](mismatch)


def _place(mismatch: Mismatch, position: Position) -> str:
    """` in its last dimension`."""
    if position.dim is None:
        return ""
    last = position.dim == len(dict(mismatch.shapes).get(position.operand, ())) - 1
    return " in its last dimension" if last else f" in dimension {position.dim}"


def _here(mismatch: Mismatch) -> str:
    """`input has 512 in its last dimension`."""
    what = f" {mismatch.axis}" if mismatch.dim is None and mismatch.axis else ""
    place = _place(mismatch, Position(mismatch.operand, mismatch.dim))
    return f"{mismatch.operand} has {mismatch.found}{what}{place}"


def _reason(mismatch: Mismatch) -> str:
    if mismatch.words:
        return f": {mismatch.words}"
    return f" ({mismatch.expression})" if mismatch.expression else ""


def _size(mismatch: Mismatch) -> str:
    bound_by = mismatch.bound_by
    wanted = f"{mismatch.axis}={mismatch.expected[0]}" if mismatch.axis else str(mismatch.expected[0])
    if bound_by is None or mismatch.words:
        return f"{_here(mismatch)}, it takes {wanted}{_reason(mismatch)}"
    anonymous = "" if mismatch.axis else _place(mismatch, bound_by)
    if bound_by.operand == mismatch.operand:
        return f"{_here(mismatch)} and {wanted}{_place(mismatch, bound_by)}"
    return f"{_here(mismatch)}, {bound_by.operand} has {wanted}{anonymous}"


def _rank(mismatch: Mismatch) -> str:
    plural = "dimension" if mismatch.found == 1 else "dimensions"
    limit = "at least " if mismatch.fault is Fault.MIN_RANK else ""
    ranks = " or ".join(str(rank) for rank in mismatch.expected)
    other = f"{mismatch.bound_by.operand} has" if mismatch.bound_by else "it takes"
    return f"{mismatch.operand} has {mismatch.found} {plural}, {other} {limit}{ranks}{_reason(mismatch)}"


def _divide(mismatch: Mismatch) -> str:
    [divisor] = mismatch.expected
    if not mismatch.operand:
        return f"{mismatch.axis}={mismatch.found} is not divisible by {divisor}{_reason(mismatch)}"
    return f"{_here(mismatch)}, which is not divisible by {divisor}{_reason(mismatch)}"


def _count(mismatch: Mismatch) -> str:
    [wanted] = mismatch.expected
    return f"{_here(mismatch)}, {mismatch.expression} has {wanted}"


def _range(mismatch: Mismatch) -> str:
    lowest, highest = mismatch.expected
    shape = dict(mismatch.shapes).get(mismatch.operand)
    known = f" {list(shape)}" if shape is not None else ""
    return (
        f"{mismatch.axis}={mismatch.found} is outside {mismatch.operand}{known}: "
        f"it goes from {lowest} to {highest}"
    )


def _where(mismatch: Mismatch) -> str:
    where = f" for {mismatch.operand}" if mismatch.operand else ""
    if not mismatch.words:
        return f"{mismatch.expression} does not hold{where}: {mismatch.numbers}"
    return (
        f"{mismatch.words}: {mismatch.numbers} does not hold{where}" if mismatch.numbers else mismatch.words
    )


def _missing(mismatch: Mismatch) -> str:
    return f"axis {mismatch.axis} has no size" if mismatch.axis else f"{mismatch.operand} is missing"


_SENTENCES: Mapping[Fault, Callable[[Mismatch], str]] = {
    Fault.RANK: _rank,
    Fault.MIN_RANK: _rank,
    Fault.SIZE: _size,
    Fault.BROADCAST: _size,
    Fault.DIVIDE: _divide,
    Fault.COUNT: _count,
    Fault.RANGE: _range,
    Fault.WHERE: _where,
    Fault.MISSING: _missing,
    Fault.UNUSED: lambda mismatch: f"there is no axis {mismatch.axis} in {mismatch.expression}",
    Fault.AMBIGUOUS: lambda mismatch: f"the sizes of {mismatch.axis} do not follow from {mismatch.operand}",
}
