"""Patterns of einops' rearrange, reduce and repeat, parsed once into immutable values.

>>> split = parse_pattern("b (heads d) h w -> b heads (h w) d")
>>> [str(composite) for composite in split.left]
['b', '(heads d)', 'h', 'w']

What einops refuses whatever the tensor is refused here, with the column:

>>> parse_pattern("b (h d) -> b h")
Traceback (most recent call last):
    ...
shapedoc.core.patterns.PatternError: column 6: d stands on one side alone

The rules are those of einops 0.8 (einops/parsing.py and einops/einops.py). `core.pattern_matching` holds
patterns against shapes; pack and unpack are in `core.packing`, einsum in `core.equations`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shapedoc.core.syntax import TextError

REST = "..."
Factor = str | int
_COMPOSITE = re.compile(r"\((?P<group>[^()]*)\)|(?P<single>[^() ]+)|(?P<stray>[()])")
_TOKEN = re.compile(r"[^ ]+")
_ALONE = {  # what may stand on the left alone, and on the right alone
    "rearrange": (False, False),
    "reduce": (True, False),
    "repeat": (False, True),
}


class PatternError(TextError):
    """Text that is no pattern."""


@dataclass(frozen=True, slots=True)
class Composite:
    """One dimension: names, numbers or `...`, outermost first. Without brackets, `...` is several.

    `columns` says where each stands in the pattern.
    """

    factors: tuple[Factor, ...]
    brackets: bool = False
    columns: tuple[int, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        inside = " ".join(str(factor) for factor in self.factors)
        return f"({inside})" if self.brackets else inside

    @property
    def is_rest(self) -> bool:
        return self.factors == (REST,) and not self.brackets


Side = tuple[Composite, ...]


@dataclass(frozen=True, slots=True)
class Pattern:
    """`left -> right` of an operation: rearrange, reduce or repeat."""

    text: str
    operation: str
    left: Side
    right: Side


def parse_pattern(text: str, operation: str = "rearrange") -> Pattern:
    """Parse the pattern of an operation."""
    left, arrow, right = text.partition("->")
    if not arrow or "->" in right:
        raise PatternError("a pattern has one ->", len(left) + 1)
    pattern = Pattern(text, operation, parse_side(left), parse_side(right, len(left) + 2))
    for factor, column, composite in _places(pattern.left):
        if factor == REST and composite.brackets:
            raise PatternError("... may not stand in brackets on the left", column)
    for factor, column, _ in _places(pattern.right):
        if factor == REST and REST not in factors_of(pattern.left):
            raise PatternError("... stands on the right alone", column)
    alone_left, alone_right = _ALONE[operation]
    _check_alone(pattern.left, pattern.right, alone_left)
    _check_alone(pattern.right, pattern.left, alone_right)
    return pattern


def parse_side(text: str, offset: int = 0) -> Side:
    """One side of a pattern; `offset` is where it starts in the whole.

    >>> parse_side("b (h 2)")
    (Composite(factors=('b',), brackets=False), Composite(factors=('h', 2), brackets=True))
    """
    side = tuple(_composites(text, offset))
    seen: set[Factor] = set()
    for factor, column, _ in _places(side):
        if isinstance(factor, str) and factor in seen:
            raise PatternError(f"{factor} stands twice on one side", column)
        seen.add(factor)
    return side


def factors_of(side: Iterable[Composite]) -> Iterator[Factor]:
    """Names, numbers and `...` of a side, in order."""
    for composite in side:
        yield from composite.factors


def is_axis_name(token: str) -> bool:
    """Python's identifiers, without an underscore at either end."""
    return token.isidentifier() and not token.startswith("_") and not token.endswith("_")


def _composites(text: str, offset: int) -> Iterator[Composite]:
    for found in _COMPOSITE.finditer(text):
        if found["stray"]:
            raise PatternError("brackets do not match, or stand in brackets", offset + found.start() + 1)
        brackets = found["group"] is not None
        start = found.start("group" if brackets else "single")
        tokens = list(_TOKEN.finditer(found["group"] if brackets else found["single"]))
        columns = tuple(offset + start + token.start() + 1 for token in tokens)
        factors = tuple(_factor(token.group(), at) for token, at in zip(tokens, columns, strict=True))
        yield Composite(factors, brackets, columns)


def _factor(token: str, column: int) -> Factor:
    if token.isdecimal() and int(token) > 0:
        return int(token)
    if token != REST and not is_axis_name(token):
        raise PatternError(f"{token} is no name of an axis", column)
    return token


def _places(side: Side) -> Iterator[tuple[Factor, int, Composite]]:
    for composite in side:
        for factor, column in zip(composite.factors, composite.columns, strict=True):
            yield factor, column, composite


def _check_alone(side: Side, other: Side, allowed: bool) -> None:
    """Names and numbers that the other side does not have, where the operation makes or removes none."""
    known = {1, *(factor for factor in factors_of(other) if isinstance(factor, str))}
    for factor, column, _ in _places(side):
        if factor not in known and not allowed:
            raise PatternError(f"{factor} stands on one side alone", column)
