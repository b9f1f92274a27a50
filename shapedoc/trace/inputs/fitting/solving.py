"""Which size of an input axis gives the size that a failing layer wants.

A size seen inside a model depends on an axis of the input in few ways: it is that axis, that axis and
a class token, a multiple or a fraction of it, or a power of it (the area of an image). Where none of
these fits exactly, two failed runs at different sizes are two points of a line:

>>> list(exact([Sample(28, 28 * 28)], 32 * 32, power=2))
[32]
>>> list(exact([Sample(224, 197)], 50, power=2))  # 14 * 14 patches and a class token; 7 * 7 wanted
[112]
>>> list(secant([Sample(224, 16 * 53 * 53), Sample(24, 16 * 3 * 3)], 16 * 5 * 5, power=2))
[32, 31, 33]

The last sample is that of the run to be corrected.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

TOKENS = (0, 1, 2)  # class and distillation tokens put before the others
ROUND = 32  # image sides that models are made for are multiples of it


@dataclass(frozen=True, slots=True)
class Sample:
    """At this size of the axis, this size was found."""

    axis: int
    found: int


def same(samples: Sequence[Sample], expected: int, power: int) -> Iterator[int]:
    """The size expected, if what was found is the axis itself, maybe with class tokens."""
    tokens = samples[-1].found - samples[-1].axis
    if power == 1 and tokens in TOKENS:
        yield expected - tokens


def exact(samples: Sequence[Sample], expected: int, power: int) -> Iterator[int]:
    """Sizes that give `expected`, if what was found is a power of the axis times a constant."""
    last = samples[-1]
    for tokens in TOKENS:
        if last.found > tokens and expected > tokens:
            size = _scaled(last.axis, expected - tokens, last.found - tokens, power)
            if size is not None:
                yield size


def secant(samples: Sequence[Sample], expected: int, power: int) -> Iterator[int]:
    """Whole sizes around the point where a line through the last two different samples meets `expected`."""
    last = samples[-1]
    other = next((s for s in reversed(samples[:-1]) if s.axis != last.axis and s.found != last.found), None)
    if other is None:
        return
    (x, y), (x0, y0) = _point(last, power), _point(other, power)
    estimate = x + (expected ** (1 / power) - y) * (x - x0) / (y - y0)
    nearest = round(estimate)
    near = [nearest, nearest - 1, nearest + 1]
    even = [size for size in (ROUND * round(estimate / ROUND),) if abs(size - estimate) <= 2]
    yield from dict.fromkeys(size for size in (*even, *near) if size > 0)


def guess(samples: Sequence[Sample], expected: int, power: int) -> Iterator[int]:
    """A first step where nothing fits exactly, so that `secant` has its second point."""
    last = samples[-1]
    if last.found <= last.axis:
        return
    estimate = last.axis * (expected / last.found) ** (1 / power)
    yield from dict.fromkeys(size for size in (ROUND * round(estimate / ROUND), round(estimate)) if size > 0)


def multiples(found: int, of: int) -> Iterator[int]:
    """Sizes near `found` that `of` divides; the round ones first, because later layers divide again."""
    yield of * 2 ** max(round(math.log2(max(found, 1) / of)), 0)
    yield of * -(-found // of)
    yield of * max(found // of, 1)


def _scaled(axis: int, expected: int, found: int, power: int) -> int | None:
    size = round(axis * (expected / found) ** (1 / power))
    return size if size > 0 and size**power * found == axis**power * expected else None


def _point(sample: Sample, power: int) -> tuple[int, float]:
    return sample.axis, sample.found ** (1 / power)
