"""A split in the order the memory has, and the dimensions exchanged afterwards.

`h.reshape(b, c, t, height, width)` of what was merged as `(b t)` is written
`h.reshape(b, t, c, height, width).transpose(1, 2)`: the sizes stand where they are in memory, the result
has the shape it had.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from shapedoc.core.calls import bare_name
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import atom, tensor_and_rest
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

TORN, ELSEWHERE = 0.8, 1.6  # surprise where the call itself tears axes, and of any other call


def propose(problem: Problem) -> Iterator[Candidate]:
    """A view or reshape on a line involved."""
    for site in problem.sites:
        for call in site.calls("view", "reshape"):
            tensor, sizes = tensor_and_rest(site, call)
            if tensor is None:
                continue
            op = problem.op
            surprise = TORN if op is not None and problem.tears and site.made(op, call) else ELSEWHERE
            for first, second in itertools.combinations(range(len(sizes)), 2):
                text = f"{atom(site, tensor)}.{bare_name(call)}{_exchanged(site, sizes, first, second)}"
                title = f"write {text} instead of {site.text(call)}"
                yield Candidate(title, (site.edit(call, text),), surprise + site.further)


def _exchanged(site: Site, sizes: Sequence[ast.expr], first: int, second: int) -> str:
    """`(b, t, c, height, width).transpose(1, 2)`"""
    order = list(range(len(sizes)))
    order[first], order[second] = second, first
    listed = ", ".join(site.text(sizes[index]) for index in order)
    return f"({listed}).transpose({first}, {second})"
