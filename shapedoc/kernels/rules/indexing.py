"""What stands between brackets: `x[index]` and `x[index] = value`.

>>> from shapedoc.core.mismatch import explain
>>> from shapedoc.kernels.rules import rule
>>> explain(rule("getitem")({"input": TensorShape((4, 4)), "index": (0, 0, 0)}))
'input has 2 dimensions, it takes 3 (index)'
>>> call = {"input": TensorShape((4, 4)), "index": slice(0, 2), "value": TensorShape((3, 4))}
>>> explain(rule("setitem")(call))
'value has 3 in dimension 0, input[index] has 2 in dimension 0'
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from shapedoc.core.broadcasting import Bond, Run, match_runs
from shapedoc.core.mismatch import Fault, Mismatch, Mismatched, Position, Shape, TensorShape
from shapedoc.kernels.calls import ListOf
from shapedoc.kernels.rules import Unjudged

_MASKS = ("bool", "uint8")


@dataclass(frozen=True, slots=True)
class _Part:
    """What one item of an index takes from the input, and gives: `sizes` is None where values decide."""

    item: Any
    takes: int
    sizes: Shape | None = None
    advanced: bool = False


def getitem(input: TensorShape, index: Any) -> Mismatch | None:
    """No more indices than dimensions, masks as large as what they mask, indices within their dimension."""
    _indexed(input, index)
    return None


def setitem(input: TensorShape, index: Any, value: Any) -> Mismatch | None:
    """A value that broadcasts to what is replaced; leading ones do not count."""
    target = _indexed(input, index)
    if target is not None and isinstance(value, TensorShape):
        spare = max(len(value) - len(target), 0)
        kept = value[spare:] if set(value[:spare]) <= {1} else value
        match_runs([Run("input[index]", 0, target, Bond.EQUAL), Run("value", 0, kept, Bond.ONTO)])
    return None


def _indexed(input: TensorShape, index: Any) -> Shape | None:
    """The shape of `input[index]`, None where values decide."""
    items = index if type(index) is tuple else (index,)
    parts = [_part(item) for item in items]
    taken = sum(part.takes for part in parts)
    if taken > len(input):
        raise Mismatched(
            Mismatch(Fault.RANK, "input", expected=(taken,), found=len(input), expression="index")
        )
    rest = _Part(Ellipsis, len(input) - taken)
    if not any(part.item is Ellipsis for part in parts):
        parts.append(rest)
    return _shape(list(_applied(input, [rest if part.item is Ellipsis else part for part in parts])))


def _part(item: Any) -> _Part:
    if item is None:
        return _Part(item, 0, (1,))
    if item is Ellipsis or isinstance(item, slice):
        return _Part(item, 0 if item is Ellipsis else 1)
    if isinstance(item, int) and not isinstance(item, bool):
        return _Part(item, 1, ())
    if isinstance(item, TensorShape) and item.dtype in _MASKS:
        return _Part(item, len(item), None, advanced=True)
    if isinstance(item, TensorShape):
        return _Part(item, 1, item, advanced=True)
    if isinstance(item, ListOf) and all(isinstance(one, int) and not isinstance(one, bool) for one in item):
        return _Part(item, 1, (len(item),), advanced=True)
    raise Unjudged


def _applied(input: TensorShape, parts: Sequence[_Part]) -> Iterator[_Part]:
    """The parts with the sizes they give."""
    place = 0
    for at, part in enumerate(parts):
        here = input[place : place + part.takes]
        if part.item is Ellipsis:
            yield _Part(part.item, part.takes, here)
        elif isinstance(part.item, slice):
            yield _Part(part.item, 1, (len(range(*_bounds(part.item, here[0]))),))
        else:
            _check_within(part.item, here, at, place)
            yield part
        place += part.takes


def _bounds(item: slice, size: int) -> tuple[int, int, int]:
    try:
        return item.indices(size)
    except (TypeError, ValueError):  # bounds that are tensors, or a step of 0
        raise Unjudged from None


def _check_within(item: Any, here: Shape, at: int, place: int) -> None:
    if isinstance(item, int) and not -here[0] <= item < here[0]:
        limits = (-here[0], here[0] - 1)
        raise Mismatched(Mismatch(Fault.RANGE, "input", place, "index", limits, item, code="SD109"))
    if isinstance(item, TensorShape) and item.dtype in _MASKS:
        for dim, (found, wanted) in enumerate(zip(item, here, strict=True)):
            if found != wanted:
                masked = Position("input", place + dim)
                raise Mismatched(Mismatch(Fault.SIZE, f"index[{at}]", dim, "", (wanted,), found, masked))


def _shape(parts: Sequence[_Part]) -> Shape | None:
    """All sizes. Tensors broadcast, and stand where the first does if they are neighbours, else in front."""
    tensors = [at for at, part in enumerate(parts) if part.advanced]
    if any(part.sizes is None for part in parts):
        return None
    together = match_runs([Run(f"index[{at}]", 0, parts[at].sizes or ()) for at in tensors])
    neighbours = tensors == list(range(tensors[0], tensors[-1] + 1)) if tensors else True
    first = (tensors[0] if neighbours else 0) if tensors else 0
    basic = [() if part.advanced else part.sizes or () for part in parts]
    sizes = [*basic[:first], together, *basic[first:]]
    return tuple(size for part in sizes for size in part)
