"""A permute before a reshape that tears axes, and a transpose where one is missing.

The order that tears nothing follows from the axes: where there is one simplest order it is tried first,
else exchanges of two dimensions. A tensor that another call takes in the wrong layout is tried with two
dimensions exchanged as well.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from shapedoc.core.calls import values_given
from shapedoc.core.regrouping import meant_order
from shapedoc.core.report import Edit, Span
from shapedoc.core.source import expression_at
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import atom
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site
from shapedoc.trace.recorder import Op

MEANT, TORN, CHANNELS, SWAPPED, ELSEWHERE = 0.0, 0.3, 0.4, 1.2, 1.8  # surprise of each kind of change
MOST_DIMS = 6
RESHAPES = ("reshape", "view", "flatten", "contiguous")


def propose(problem: Problem) -> Iterator[Candidate]:
    """Dimensions put in another order on a line involved."""
    for site in problem.sites:
        for node in _tensors(site):
            for call, surprise in _turned(problem, site, node):
                text = f"{atom(site, node)}{call}"
                title = f"write {text} instead of {site.text(node)}"
                edits = (site.edit(node, text), *_copying(site, node))
                yield Candidate(title, edits, surprise + site.further)


def _copying(site: Site, node: ast.expr) -> Iterator[Edit]:
    """`reshape` for `view`, which takes no tensor whose dimensions were reordered."""
    for call in site.calls("view"):
        if isinstance(call.func, ast.Attribute) and call.func.value is node:
            owner, whole = site.span(node), site.span(call.func)
            name = Span(whole.path, owner.end_line, owner.end_column, whole.end_line, whole.end_column)
            written = expression_at(name)
            yield Edit(name, written.replace("view", "reshape"), written)


def _tensors(site: Site) -> Iterator[ast.expr]:
    """Expressions that give a tensor: what is reshaped, and what is handed to a call."""
    seen: set[int] = set()
    for call in site.calls():
        inputs = values_given(call)
        if isinstance(call.func, ast.Attribute) and call.func.attr in RESHAPES:
            inputs = [call.func.value]
        for node in (*inputs, call):
            if (site.rank_of(node) or 0) >= 2 and id(node) not in seen:
                seen.add(id(node))
                yield node
    for node in site.nodes(ast.BinOp):
        yield from (side for side in (node.left, node.right) if (site.rank_of(side) or 0) >= 2)


def _turned(problem: Problem, site: Site, node: ast.expr) -> Iterator[tuple[str, float]]:
    rank = site.rank_of(node) or 0
    op = problem.op
    meant = _meant(op) if op and _feeds(site, node, op) else None
    if meant is not None:
        yield _written(meant), MEANT
    if rank > MOST_DIMS:
        return
    if problem.finding.code == "SD105" and rank > 2:
        yield _written((0, rank - 1, *range(1, rank - 1))), CHANNELS
        yield _written((0, *range(2, rank), 1)), CHANNELS
    torn = op is not None and problem.tears and _feeds(site, node, op)
    refused = problem.crashed and site.rank == 0
    for pair in itertools.combinations(range(rank), 2):
        surprise = TORN if torn else SWAPPED if refused else ELSEWHERE
        surprise += 0.2 * (0 in pair)
        surprise -= 0.4 * (refused and pair == (rank - 2, rank - 1))
        yield f".transpose({pair[0]}, {pair[1]})", surprise


def _feeds(site: Site, node: ast.expr, op: Op) -> bool:
    """Whether an expression is what the call at fault reshapes."""
    return any(
        isinstance(call.func, ast.Attribute) and call.func.value is node and site.made(op, call)
        for call in site.calls()
    )


def _meant(op: Op) -> tuple[int, ...] | None:
    """The order of all dimensions in which the call would tear nothing."""
    source = op.inputs()[0]
    if source.layout is None or not hasattr(op.outputs, "shape"):
        return None
    order = meant_order(source.layout, op.outputs.shape)
    return order if order != tuple(range(len(source.shape))) else None


def _written(order: Sequence[int]) -> str:
    moved = [index for index, dim in enumerate(order) if index != dim]
    if len(moved) == 2:
        return f".transpose({moved[0]}, {moved[1]})"
    return f".permute({', '.join(map(str, order))})"
