"""Other dimensions for permute and transpose, or none of it.

`permute(0, 2, 1, 3)` is tried in every order, the ones nearest to what is written first, `transpose(1, 2)`
with every other pair, and a step that turns nothing to any use is left out.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem, Site

MOVED, OTHER_PAIR, LEFT_OUT = 0.7, 0.8, 1.0  # surprise of each kind of change
MOST_DIMS = 6
PAIRS = ("transpose", "swapaxes", "swapdims", "transpose_")


def propose(problem: Problem) -> Iterator[Candidate]:
    """One reordering changed or left out on a line involved."""
    for site in problem.sites:
        for call in site.calls("permute", *PAIRS):
            edit = site.edit
            for node, text, surprise in (*_permuted(site, call), *_pairs(site, call), *_without(site, call)):
                title = f"write {text} instead of {site.text(node)}"
                yield Candidate(title, (edit(node, text),), surprise + site.further)


def _dims(call: ast.Call) -> list[ast.expr]:
    """The dimensions of a call, whether a list of them or one after the other."""
    args = call.args[1:] if _is_function(call) else call.args
    first = args[0] if args else None
    return list(first.elts) if len(args) == 1 and isinstance(first, ast.Tuple | ast.List) else list(args)


def _is_function(call: ast.Call) -> bool:
    """Whether it is `torch.permute(x, …)` rather than `x.permute(…)`."""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(owner, ast.Name) and owner.id == "torch"


def _permuted(site: Site, call: ast.Call) -> Iterator[tuple[ast.expr, str, float]]:
    dims = _dims(call)
    if len(dims) < 3 or len(dims) > MOST_DIMS:
        return
    written = [site.text(dim) for dim in dims]
    for order in itertools.permutations(range(len(dims))):
        moved = sum(at != to for at, to in enumerate(order))
        if 0 < moved <= 3:
            yield call, _with_dims(site, call, [written[to] for to in order]), MOVED + 0.2 * (moved - 2)


def _pairs(site: Site, call: ast.Call) -> Iterator[tuple[ast.expr, str, float]]:
    dims = _dims(call)
    values = [site.value(dim) for dim in dims]
    rank = site.rank_of(call) or max((value or 0 for value in values), default=0) + 1
    if len(dims) != 2 or None in values or not 0 < rank <= MOST_DIMS:
        return
    now = {value % rank for value in values if value is not None}
    for pair in itertools.combinations(range(rank), 2):
        if set(pair) != now:
            text = _with_dims(site, call, _like(site, dims, pair, rank))
            yield call, text, OTHER_PAIR + 0.2 * (1 - len(set(pair) & now))


def _like(site: Site, dims: Sequence[ast.expr], pair: tuple[int, int], rank: int) -> list[str]:
    """A pair as the written one counts: from the end where that does."""
    if all((site.value(dim) or 0) < 0 for dim in dims):
        return [str(dim - rank) for dim in pair]
    return [str(dim) for dim in pair]


def _with_dims(site: Site, call: ast.Call, dims: Sequence[str]) -> str:
    """The call with other dimensions, everything else as it is written."""
    old, text = _dims(call), site.text(call)
    first, last = site.span(old[0]), site.span(old[-1])
    whole = site.span(call)
    if first.line != last.end_line or whole.line != whole.end_line:
        return ast.unparse(_renumbered(call, dims))
    start, end = first.column - whole.column, last.end_column - whole.column
    return f"{text[:start]}{', '.join(dims)}{text[end:]}"


def _renumbered(call: ast.Call, dims: Sequence[str]) -> ast.Call:
    given = call.args[:1] if _is_function(call) else []
    return ast.Call(call.func, [*given, *(ast.parse(dim, mode="eval").body for dim in dims)], call.keywords)


def _without(site: Site, call: ast.Call) -> Iterator[tuple[ast.expr, str, float]]:
    value = call.args[0] if _is_function(call) else getattr(call.func, "value", None)
    alone = isinstance(site.node, ast.Expr) and site.node.value is call
    if isinstance(value, ast.expr) and not alone:
        yield call, site.text(value), LEFT_OUT
