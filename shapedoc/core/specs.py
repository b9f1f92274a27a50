"""Input specs as they stand after `-i`: sizes, names, a dtype and a range of values.

>>> parse_spec("2,128:int64[0,32000)")
InputSpec(dims=(Size(size=2, name=''), Size(size=128, name='')), dtype='int64', low=0, high=32000)
>>> parse_spec("b=2 c=3 h=224 w=224").dims[1]
Size(size=3, name='c')
>>> parse_spec("()").dims
()

A spec may be given to a parameter by its name. What stands before the first `=` is that name unless
a size follows it: `x=2,3` and `b=2 c=3` both give sizes, `x=b=2 c=3` gives names to those of x.

>>> parse_named_spec("mask=2,8:bool")[0], parse_named_spec("b=2 c=3")[0], parse_named_spec("x=b=2")[0]
('mask', None, 'x')
>>> parse_spec("2,x")
Traceback (most recent call last):
    ...
shapedoc.core.specs.SpecError: column 3: a size is a whole number, 'x' is none: write 2,3,224,224 or b=2 c=3
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from shapedoc.core.errors import UserError
from shapedoc.core.report import Size
from shapedoc.core.syntax import TextError

DTYPES = frozenset(
    """float16 float32 float64 bfloat16 float8_e4m3fn float8_e5m2 complex64 complex128
    int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool""".split()
)
FILE = "@"  # what stands after it is a file with inputs, not a spec
_EXAMPLE = "write 2,3,224,224 or b=2 c=3"
_TAIL = re.compile(r"(?P<dtype>\w*)(?:\[(?P<low>[^,\[\]()]*),(?P<high>[^,\[\]()]*)\))?")
_NAME = re.compile(r"\s*(?P<name>[A-Za-z_][\w.]*)\s*=")
_ITEM = re.compile(r"[^,\s]+")
_NEXT = re.compile(r"(?<=[^,\s])\s+(?=[A-Za-z_][\w.]*=)")
_UNNAMED = re.compile(r"[\w.]+=(?:\d+\s*,\s*\d|\(\))")  # x=2,3
_NAMED = re.compile(r"[\w.]+=[A-Za-z_]\w*=")  # x=b=2


class SpecError(TextError):
    """Text that is no spec."""


@dataclass(frozen=True, slots=True)
class InputSpec:
    """What one tensor is made of; values lie in [low, high)."""

    dims: tuple[Size, ...]
    dtype: str | None = None
    low: float | None = None
    high: float | None = None


def parse_input(text: str) -> tuple[str | None, InputSpec]:
    """The parameter and the spec of what stands after -i; raises UserError."""
    try:
        return parse_named_spec(text)
    except SpecError as error:
        raise UserError(f"-i {text!r}: {error}") from None


def parse_named_spec(text: str) -> tuple[str | None, InputSpec]:
    """The parameter a spec is for, where it says so, and the spec; columns count in the whole text."""
    second = _second_input(text)
    if second:
        raise SpecError("another input begins here: write -i for each, -i x=2,3 -i y=2,4", second + 1)
    found = _NAME.match(text)
    if found is None or _is_axis(text, found.end()):
        return None, parse_spec(text)
    return found["name"], _parse(text, found.end())


def _second_input(text: str) -> int:
    """Where a text goes on to another input, 0 if it does not.

    >>> _second_input("x=2,3 y=2,4"), _second_input("x=2,3:int64 y=4"), _second_input("x=b=2 c=3")
    (6, 12, 0)
    """
    starts = [found.end() for found in _NEXT.finditer(text)]
    before = text[: starts[0]] if starts else ""
    if ":" in before or _UNNAMED.match(before):
        return starts[0]
    inputs = (start for start in starts if _UNNAMED.match(text, start) or _NAMED.match(text, start))
    return next(inputs, 0)


def _is_axis(text: str, end: int) -> bool:
    """Whether `name=` names an axis: one number follows, and then nothing or another axis."""
    return bool(re.fullmatch(r"\d+(?:[,\s]+[A-Za-z_]\w*=\d+)*\s*(?::.*)?", text[end:]))


def parse_spec(text: str) -> InputSpec:
    """Parse a spec; a SpecError points at the character that is wrong."""
    return _parse(text, 0)


def _parse(text: str, start: int) -> InputSpec:
    sizes, colon, tail = text[start:].partition(":")
    end = start + len(sizes) + 1
    dtype, low, high = _tail(tail, end) if colon else (None, None, None)
    return InputSpec(_dims(sizes, start), dtype, low, high)


def _dims(sizes: str, start: int) -> tuple[Size, ...]:
    if sizes.strip() == "()":
        return ()
    items = list(_ITEM.finditer(sizes))
    if not items:
        raise SpecError(f"a spec has sizes: {_EXAMPLE}", start + 1)
    return tuple(_dim(item[0], start + item.start() + 1) for item in items)


def _dim(text: str, column: int) -> Size:
    name, equals, number = text.rpartition("=")
    if equals and not name.isidentifier():
        raise SpecError(f"an axis has a name, {name!r} is none: {_EXAMPLE}", column)
    if not number.isascii() or not number.isdigit():
        raise SpecError(
            f"a size is a whole number, {number!r} is none: {_EXAMPLE}", column + len(name + equals)
        )
    return Size(int(number), name)


def _tail(text: str, start: int) -> tuple[str | None, float | None, float | None]:
    found = _TAIL.fullmatch(text.strip())
    if found is None:
        raise SpecError("after the colon stands a dtype and a range: write int64[0,32000)", start + 1)
    if found["dtype"] and found["dtype"] not in DTYPES:
        raise SpecError(f"{found['dtype']!r} is no dtype: write float32, bfloat16, int64 or bool", start + 1)
    low, high = (_bound(found[name], start + 1 + found.start(name)) for name in ("low", "high"))
    if low is not None and high is not None and low >= high:
        raise SpecError("a range goes up: write int64[0,32000)", start + 1 + found.start("low"))
    return found["dtype"] or None, low, high


def _bound(text: str | None, column: int) -> float | None:
    if text is None:
        return None
    try:
        return int(text) if re.fullmatch(r"\s*-?\d+\s*", text) else float(text)
    except ValueError:
        raise SpecError(f"a bound is a number, {text!r} is none: write int64[0,32000)", column) from None
