"""Another `dim` for a call that takes one: softmax over the keys, a cat along the right dimension.

Where the dimension stands among the arguments is what the call's contract says.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.core.calls import bare_name
from shapedoc.core.operands import operands_at
from shapedoc.core.report import Edit, Span
from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site
from shapedoc.trace.faults import contract_of

OTHER = 0.6  # surprise of another dimension
MOST_DIMS = 6
USUAL = 4  # dimensions of a tensor of which nothing is known
NAMES = ("dim", "axis", "dims", "start_dim", "end_dim")


def propose(problem: Problem) -> Iterator[Candidate]:
    """One dimension changed on a line involved."""
    for site in problem.sites:
        for call in site.calls():
            for text, span in _arguments(site, call):
                for dim in _others(site.value(ast.parse(text, mode="eval").body), _rank(site, call)):
                    title = f"write {dim} instead of {text} as the dimension"
                    yield Candidate(title, (Edit(span, str(dim), text),), OTHER + site.further)


def _arguments(site: Site, call: ast.Call) -> Iterator[tuple[str, Span]]:
    """The expressions that name a dimension: by a keyword, or where the contract of the call has it."""
    contract = contract_of(bare_name(call))
    if contract is None:
        named = (given.value for given in call.keywords if given.arg in NAMES)
        yield from ((site.text(node), site.span(node)) for node in named)
    else:
        found = operands_at(site.span(call), bare_name(call), contract.parameters.names)
        yield from (found[name] for name in NAMES if name in found)


def _rank(site: Site, call: ast.Call) -> int:
    op = site.op_of(call)
    inputs = op.inputs() if op else []
    return min(len(inputs[0].shape) if inputs else USUAL, MOST_DIMS)


def _others(value: int | None, rank: int) -> Iterator[int]:
    """Every other dimension, counted from the end where that is how the first is written; the last is -1.

    >>> list(_others(1, 3)), list(_others(-2, 3)), list(_others(64, 3))
    ([0, -1], [-3, -1], [])
    """
    if value is None or not -rank <= value < rank:
        return
    for dim in range(rank):
        if dim != value % rank:
            counted_back = dim - rank if value < 0 else dim
            yield -1 if dim == rank - 1 else counted_back
