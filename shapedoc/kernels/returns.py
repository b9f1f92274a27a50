"""What a call gives back, as Python would write it: names, their dtypes, and when they are there.

>>> output, lse = parse_returns("output: value, lse: float32 if return_lse")
>>> output.dtype, lse.is_wanted({"return_lse": False})
('value', False)

One that stays in its place as None is `state if keep else None`. A dtype is the name of one, or of the
operand that has it; without it, the first operand's is meant. What is given back alone is no tuple.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapedoc.core.expressions import Expression, ExpressionError, evaluate, parse
from shapedoc.core.syntax import TextError
from shapedoc.core.terms import UNKNOWN

_ITEM = re.compile(
    r"\s*(?P<name>\w+)(?::\s*(?P<dtype>\w+))?(?:\s+if\s+(?P<condition>.+?))?(?P<none>\s+else\s+None)?\s*"
)


class ReturnsError(TextError):
    """Text that is no list of results."""


@dataclass(frozen=True, slots=True)
class Result:
    """One result: left out where its condition does not hold, or None if it `keeps_place`."""

    name: str
    dtype: str = ""
    condition: Expression | None = None
    keeps_place: bool = False

    def is_wanted(self, names: Mapping[str, Any]) -> bool:
        """Whether a call with these arguments gets this result."""
        if self.condition is None:
            return True
        value = evaluate(self.condition, names)
        return value is not UNKNOWN and bool(value)


Returns = tuple[Result, ...]


def parse_returns(text: str) -> Returns:
    """Parse a list of results."""
    results, column = [], 1
    for part in text.split(","):
        results.append(_parse(part, column))
        column += len(part) + 1
    return tuple(results)


def _parse(text: str, column: int) -> Result:
    found = _ITEM.fullmatch(text)
    if found is None:
        raise ReturnsError("a result is a name, a dtype after `:` and a condition after `if`", column)
    name, dtype, condition, none = found.group("name", "dtype", "condition", "none")
    try:
        return Result(name, dtype or "", parse(condition) if condition else None, bool(none))
    except ExpressionError as error:
        raise ReturnsError(error.message, column + found.start("condition") + error.column - 1) from None
