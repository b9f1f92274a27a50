"""The same model at other sizes, where sizes that coincide hide nothing.

With c = 6 and t = 3, or a square image, or one sample, a reshape that mixes axes looks like one that
does not. Named input axes are run at sizes that have no divisor in common, all at once; where the
model does not take that, one by one. An axis that the model pins is left alone.

>>> coprime({"b": 2, "h": 16, "w": 16}, {})
{'b': 3, 'h': 17, 'w': 19}
>>> coprime({"h": 224}, {"h": 16})
{'h': 272}
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from shapedoc.core.progress import Phase, Progress
from shapedoc.trace.execution import Run


def probes(finished: Run) -> Iterator[tuple[str, Run]]:
    """Runs at other sizes, each with those sizes in words; none where the first run did not end well."""
    if finished.plan is None or finished.repeat is None or finished.error is not None:
        return
    sizes = coprime(finished.plan.axes(), finished.plan.free)
    together = _at(finished, sizes)
    if together is not None:
        yield _words(sizes), together
        return
    for name, size in sizes.items():
        alone = _at(finished, {name: size})
        if alone is not None:
            yield _words({name: size}), alone


def coprime(axes: Mapping[str, int], grain: Mapping[str, int]) -> dict[str, int]:
    """For every axis another size, a little larger; each a prime, times what it must be a multiple of."""
    taken: set[int] = set()
    sizes: dict[str, int] = {}
    for name, size in axes.items():
        step = grain.get(name, 1)
        prime = next(number for number in _primes(size // step + 1) if number not in taken)
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
    return again if again.error is None else None


def _words(sizes: Mapping[str, int]) -> str:
    return " ".join(f"{name}={size}" for name, size in sizes.items())
