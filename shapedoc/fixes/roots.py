"""The root of head_dim where scores are scaled by that of another size: `dim_head ** -0.5`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.core.roots import base_of
from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site
from shapedoc.trace.recorder import Op

NAME, QUOTIENT = 0.0, 0.8  # surprise of each kind of expression


def propose(problem: Problem) -> Iterator[Candidate]:
    """Another number under the root."""
    head_dim = _head_dim(problem.op) if problem.op and problem.finding.code == "SD301" else 0
    for site in problem.sites if head_dim else ():
        for node in site.nodes(ast.BinOp, ast.Call):
            base = base_of(node)
            if base is not None:
                for text, surprise in _instead(site, base, head_dim):
                    title = f"take the root of {text}, not of {site.text(base)}"
                    yield Candidate(title, (site.edit(base, text),), surprise + site.further)


def _head_dim(op: Op) -> int:
    """The features that queries have where they meet the keys; a product that adds has them second."""
    operands = [var for var in op.inputs() if len(var.shape) > 2]
    query = operands[1:] if op.name.startswith("baddbmm") else operands
    return query[0].shape[-1] if query else 0


def _instead(site: Site, base: ast.expr, head_dim: int) -> Iterator[tuple[str, float]]:
    """Names that stand for it where the root is taken, and quotients of them."""
    sizes = {name: size for name, size in site.scope.sizes.items() if size > 1 and name != site.text(base)}
    yield from ((name, NAME) for name, size in sizes.items() if size == head_dim)
    known = {**sizes, site.text(base): site.value(base) or 0}
    for whole, size in known.items():
        for part, parts in known.items():
            if whole != part and parts > 1 and size == parts * head_dim:
                yield f"({whole} // {part})", QUOTIENT
