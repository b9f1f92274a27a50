"""The same model at other sizes, where sizes that coincide hide nothing.

With c = 6 and t = 3, or a square image, or one sample, a reshape that mixes axes looks like one that
does not. Named input axes are run at sizes that have no divisor in common with one another or with any
size in the model, all at once; where the model does not take that, one after another, keeping those
that it does take. An axis that the model pins is left alone.

>>> coprime({"b": 2, "h": 16, "w": 16}, {}, {64, 3})
{'b': 5, 'h': 17, 'w': 19}
>>> coprime({"h": 224}, {"h": 32}, {64})
{'h': 352}
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Set

from shapedoc.core.ending import TimeUp
from shapedoc.core.progress import Phase, Progress
from shapedoc.trace.execution import Run
from shapedoc.trace.grain import sampled, windowed
from shapedoc.trace.recorder import variables

Probe = tuple[Mapping[str, int], Run]  # sizes of axes, and how the model fares there


def probes(finished: Run) -> Iterator[Probe]:
    """Runs at other sizes, each with those sizes; none where the first run did not end well.

    Raises TimeUp where the time of the whole run is over.
    """
    if finished.plan is None or finished.repeat is None or finished.error is not None:
        return
    if finished.world.name == "real":
        yield from _with_numbers(finished)
        return
    sizes = _other_sizes(finished, sampled(finished.trace))
    together = _at(finished, sizes)
    if together is not None:
        yield sizes, together
        return
    wholes = _other_sizes(finished, windowed(finished.trace))
    taken: dict[str, int] = {}
    for name in sizes:
        for size in dict.fromkeys((sizes[name], wholes[name])):
            more = _at(finished, {**taken, name: size}) if name not in taken else None
            if more is not None:
                taken[name] = size
                yield dict(taken), more


def _with_numbers(finished: Run) -> Iterator[Probe]:
    """The next larger sizes, all or only the first axis: where numbers are computed, a pass is dear."""
    assert finished.plan is not None
    sizes = coprime(finished.plan.axes(), finished.plan.free, frozenset())
    for tried in (sizes, dict(itertools.islice(sizes.items(), 1))):
        again = _at(finished, tried)
        if again is not None:
            yield tried, again
            return


def _other_sizes(finished: Run, grains: Mapping[str, int]) -> dict[str, int]:
    """Sizes for all axes, multiples of what the run shows and the plan of the inputs asks."""
    assert finished.plan is not None
    axes, free = finished.plan.axes(), finished.plan.free
    steps = {name: math.lcm(grains.get(name, 1), free.get(name, 1)) for name in axes}
    vars = (var for op in finished.trace.ops for var in variables(op.args, op.outputs))
    return coprime(axes, steps, {size for var in vars for size in var.shape if size})


def coprime(axes: Mapping[str, int], grain: Mapping[str, int], others: Set[int]) -> dict[str, int]:
    """For every axis another size, a little larger: a prime that divides no other size, times its grain."""
    taken: set[int] = set()
    sizes: dict[str, int] = {}
    for name, size in axes.items():
        step = grain.get(name, 1)
        fits = (n for n in _primes(size // step + 1) if n not in taken and all(other % n for other in others))
        prime = next(fits)
        taken.add(prime)
        sizes[name] = prime * step
    return sizes


def _primes(start: int) -> Iterator[int]:
    """Primes from a number on, 3 at the least."""
    numbers = itertools.count(max(start, 3))
    return (n for n in numbers if all(n % divisor for divisor in range(2, int(n**0.5) + 1)))


def _at(finished: Run, sizes: Mapping[str, int]) -> Run | None:
    """A run at these sizes, if the model takes them."""
    assert finished.plan is not None and finished.repeat is not None
    if not sizes:
        return None
    finished.watch(Progress(Phase.PROBE))
    again = finished.repeat(finished.plan.at(sizes))
    if isinstance(again.error, TimeUp):
        raise again.error
    return again if again.error is None else None


def in_words(sizes: Mapping[str, int]) -> str:
    """`b=3 h=17`"""
    return " ".join(f"{name}={size}" for name, size in sizes.items())
