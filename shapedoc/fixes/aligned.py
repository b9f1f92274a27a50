"""Two tensors of one batch brought to the same dimensions before they meet: (N, 1) and (N,).

The longer one loses its dimension of size 1 or the shorter one gains it; a reduction keeps the one it
would have dropped.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from itertools import zip_longest

from shapedoc.core.mismatch import Shape
from shapedoc.core.source import Placed
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import added_argument, atom, last_argument
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

SQUEEZED, UNSQUEEZED, KEPT = 0.4, 0.6, 0.3  # surprise of each kind of change
BROADCASTS = ("SD102", "SD105", "SD107", "SD111", "SD204", "SD206")  # rules about dimensions that meet
ELEMENTWISE = ("SD102", "SD204", "SD206")  # those of them about operands that are lined up
REDUCTIONS = ("mean", "sum", "amax", "amin", "prod", "std", "var", "norm", "logsumexp", "max", "min")


def propose(problem: Problem) -> Iterator[Candidate]:
    """One operand, or the reduction that made it, on a line involved."""
    if problem.finding.code not in BROADCASTS:
        return
    for site in problem.sites:
        for node, text, surprise in (*_operands(problem, site), *_reductions(site)):
            title = f"write {text} instead of {site.text(node)}"
            yield Candidate(title, (site.edit(node, text),), surprise + site.further)


def _operands(problem: Problem, site: Site) -> Iterator[tuple[ast.expr, str, float]]:
    for node in _handed_over(site):
        shape = site.shape_of(node)
        if shape is None:
            continue
        for dim in (at - len(shape) for at, size in enumerate(shape) if size == 1):
            if _meets(problem, shape, (*shape[:dim], *shape[len(shape) + dim + 1 :])):
                yield node, f"{atom(site, node)}.squeeze({dim})", SQUEEZED
        for more in _trailing(problem, shape):
            yield node, f"{atom(site, node)}[{', '.join([':'] * len(shape) + ['None'] * more)}]", SQUEEZED
        for dim in dict.fromkeys((-1, *range(len(shape)))):
            at = len(shape) if dim < 0 else dim
            if _meets(problem, shape, (*shape[:at], 1, *shape[at:])):
                yield node, f"{atom(site, node)}.unsqueeze({dim})", UNSQUEEZED + 0.1 * abs(dim)


def _trailing(problem: Problem, shape: Shape) -> set[int]:
    """How many dimensions of size 1 are missing at the end, if several: [n, c] for [n, c, h, w]."""
    operands = [tuple(var.shape) for var in problem.op.inputs()] if problem.op else []
    longer = [other for other in operands if len(other) > len(shape) + 1 and other[: len(shape)] == shape]
    return {len(other) - len(shape) for other in longer if shape in operands}


def _meets(problem: Problem, old: Shape, new: Shape) -> bool:
    """Whether a tensor of another shape may meet the other operands of the call without multiplying out."""
    operands = [tuple(var.shape) for var in problem.op.inputs()] if problem.op else []
    if problem.finding.code == "SD107" and len(set(map(len, operands))) == 1:
        return False
    if old not in operands or problem.finding.code not in ELEMENTWISE:
        return True
    operands[operands.index(old)] = new
    sizes = [set(column) - {1} for column in zip_longest(*(shape[::-1] for shape in operands), fillvalue=1)]
    fits = all(len(column) <= 1 for column in sizes)
    largest = max(math.prod(shape) for shape in operands)
    return fits and math.prod(next(iter(column), 1) for column in sizes) == largest


def _handed_over(site: Site) -> Iterator[ast.expr]:
    for node in site.nodes(ast.Call, ast.BinOp):
        if isinstance(node, ast.BinOp):
            yield from (node.left, node.right)
        elif isinstance(node, ast.Call):
            yield from node.args


def _reductions(site: Site) -> Iterator[tuple[Placed, str, float]]:
    for call in site.calls(*REDUCTIONS):
        last, names = last_argument(call), [keyword.arg for keyword in call.keywords]
        if last is not None and "keepdim" not in names:
            yield last, added_argument(site, call, "keepdim=True").replacement, KEPT
