"""What expressions are made of, and what each part is worth once names have values.

A name that is missing or None is `UNKNOWN`, and so is everything that needs it:

>>> Apply("+", operator.add, (Name("x"), Literal(1))).value({"x": 2})
3
>>> Apply("+", operator.add, (Name("x"), Literal(1))).value({"x": None})
<Unknown.UNKNOWN: 'unknown'>
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

Names = Mapping[str, Any]


class Unknown(Enum):
    """The value of whatever depends on a name that has none."""

    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return "?"


UNKNOWN: Final = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, a string, True or False."""

    literal: Any

    def value(self, names: Names) -> Any:
        return self.literal


@dataclass(frozen=True, slots=True)
class Name:
    """An axis, an operand or an argument."""

    name: str

    def value(self, names: Names) -> Any:
        found = names.get(self.name)
        return UNKNOWN if found is None else found


@dataclass(frozen=True, slots=True)
class Apply:
    """A function or an operator, and what it is applied to.

    Arguments come from calls of any kind, so one that does not fit makes an unknown, not a fault.
    """

    symbol: str
    function: Callable[..., Any]
    arguments: tuple[Term, ...]

    def value(self, names: Names) -> Any:
        values = [argument.value(names) for argument in self.arguments]
        if any(value is UNKNOWN for value in values):
            return UNKNOWN
        try:
            return self.function(*values)
        except (TypeError, ValueError, IndexError, ZeroDivisionError, OverflowError):
            return UNKNOWN


@dataclass(frozen=True, slots=True)
class Logic:
    """Parts joined by `and` or `or`: unknown only where the known parts do not decide.

    >>> Logic("or", (Name("x"), Literal(True))).value({})
    True
    """

    word: str
    arguments: tuple[Term, ...]

    def value(self, names: Names) -> Any:
        decisive = self.word == "or"
        values = [argument.value(names) for argument in self.arguments]
        if any(value is not UNKNOWN and bool(value) is decisive for value in values):
            return decisive
        return UNKNOWN if UNKNOWN in values else not decisive


Term: TypeAlias = Literal | Name | Apply | Logic


def _numeric(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` for numbers alone, where Python would also take strings and tuples."""

    def guarded(*values: Any) -> Any:
        if not all(isinstance(value, (int, float)) for value in values):
            raise TypeError(values)
        return function(*values)

    return guarded


def _spread(count: int) -> Callable[[Any], tuple[Any, ...]]:
    """torch's own rule: a number, bare or in a tuple of one, stands for every direction."""

    def spread(value: Any) -> tuple[Any, ...]:
        items = value if isinstance(value, tuple) else (_number(value),)
        if len(items) not in (1, count):
            raise ValueError(items)
        return items if len(items) == count else items * count

    return spread


def _number(value: Any) -> Any:
    if not isinstance(value, (int, float)):
        raise TypeError(value)
    return value


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "prod": math.prod,
    "sum": sum,
    "len": len,
    "lengths": lambda shapes: tuple(shape[0] for shape in shapes),
    "min": min,
    "max": max,
    "abs": abs,
    "single": _spread(1),
    "pair": _spread(2),
    "triple": _spread(3),
}
ARITHMETIC: Mapping[str, Callable[..., Any]] = {
    "+": _numeric(operator.add),
    "-": _numeric(operator.sub),
    "*": _numeric(operator.mul),
    "//": _numeric(operator.floordiv),
    "%": _numeric(operator.mod),
}
COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda item, items: item in items,
    "not in": lambda item, items: item not in items,
}
NEGATION = {"-": _numeric(operator.neg), "not": operator.not_}
