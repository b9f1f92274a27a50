"""A number of heads or groups that divides the features, near the one that does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.core.calls import values_given
from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

LIKELY = 0.2
STEP = 0.15  # for every step between the two numbers
MOST = 2  # divisors tried for one number


def propose(problem: Problem) -> Iterator[Candidate]:
    """Literals that are to divide another size of the same call."""
    if problem.finding.code != "SD110":
        return
    for site in problem.sites:
        for call in site.calls():
            for node, number, away in _divisors(site, call):
                title = f"write {number} instead of {site.text(node)}"
                surprise = LIKELY + site.further + STEP * away
                yield Candidate(title, (site.edit(node, str(number)),), surprise)


def _divisors(site: Site, call: ast.Call) -> Iterator[tuple[ast.Constant, int, int]]:
    """Literals of a call, a number that would divide another size of it, and how far that is away."""
    given = values_given(call)
    sizes = [site.value(node) for node in given]
    for node, value in zip(given, sizes, strict=True):
        if isinstance(node, ast.Constant) and value is not None and value > 1:
            for size in sizes:
                if size is not None and size > value and size % value:
                    yield from ((node, number, abs(number - value)) for number in _nearest(size, value))


def _nearest(size: int, value: int) -> list[int]:
    """The divisors of a size that are nearest to a number, a smaller one first.

    >>> _nearest(80, 12)
    [10, 8]
    """
    divisors = [number for number in range(2, size) if size % number == 0]
    return sorted(divisors, key=lambda number: (abs(number - value), number))[:MOST]
