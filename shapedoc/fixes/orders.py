"""Other dimensions for permute and transpose, or none of it.

`permute(0, 2, 1, 3)` is tried in every order, the ones nearest to what is written first, `transpose(1, 2)`
with every other pair, and a step that turns nothing to any use is left out.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from shapedoc.core.calls import bare_name
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import tensor_and_rest
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

MOVED, OTHER_PAIR, LEFT_OUT = 0.7, 0.8, 1.0  # surprise of each kind of change
MOST_DIMS = 6
MOST_MOVED = 3  # dimensions of a permute that change places
PAIRS = ("transpose", "swapaxes", "swapdims", "transpose_")


def propose(problem: Problem) -> Iterator[Candidate]:
    """One reordering changed or left out on a line involved."""
    for site in problem.sites:
        for call in site.calls("permute", *PAIRS):
            tensor, dims = tensor_and_rest(site, call)
            others = _pairs(site, call, dims) if bare_name(call) in PAIRS else _orders(site, dims)
            for order, surprise in others:
                yield _with_dims(site, call, dims, order, surprise)
            if tensor is not None and not _stands_alone(site, call):
                title = f"leave out {site.text(call).removeprefix(site.text(tensor))}"
                edits = (site.edit(call, site.text(tensor)),)
                yield Candidate(title, edits, LEFT_OUT + site.further)


def _orders(site: Site, dims: Sequence[ast.expr]) -> Iterator[tuple[list[str], float]]:
    """The dimensions of a permute in every order in which few of them move."""
    if not 2 < len(dims) <= MOST_DIMS:
        return
    written = [site.text(dim) for dim in dims]
    for order in itertools.permutations(range(len(dims))):
        moved = sum(at != to for at, to in enumerate(order))
        if 0 < moved <= MOST_MOVED:
            yield [written[to] for to in order], MOVED + 0.2 * (moved - 2)


def _pairs(site: Site, call: ast.Call, dims: Sequence[ast.expr]) -> Iterator[tuple[list[str], float]]:
    """Every other pair to exchange, counted from the end where the written one is."""
    values = [value for value in map(site.value, dims) if value is not None]
    rank = site.rank_of(call) or max(values, default=0) + 1
    if len(values) != 2 or len(dims) != 2 or not 0 < rank <= MOST_DIMS:
        return
    now, back = {value % rank for value in values}, rank if max(values) < 0 else 0
    for pair in itertools.combinations(range(rank), 2):
        if set(pair) != now:
            yield [str(dim - back) for dim in pair], OTHER_PAIR + 0.2 * (1 - len(set(pair) & now))


def _with_dims(
    site: Site, call: ast.Call, dims: Sequence[ast.expr], order: Sequence[str], surprise: float
) -> Candidate:
    pairs = zip(dims, order, strict=True)
    edits = tuple(site.edit(dim, text) for dim, text in pairs if site.text(dim) != text)
    written = ", ".join(map(site.text, dims))
    title = f"{bare_name(call)} {', '.join(order)} instead of {written}"
    return Candidate(title, edits, surprise + site.further)


def _stands_alone(site: Site, call: ast.Call) -> bool:
    """Whether nothing would be left of a statement."""
    return isinstance(site.node, ast.Expr) and site.node.value is call
