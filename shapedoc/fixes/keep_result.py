"""The result of a line that stands alone, assigned to what it was made from."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import tensor_and_rest
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

LIKELY = 0.0


def propose(problem: Problem) -> Iterator[Candidate]:
    """The statement that throws a result away."""
    for site in problem.sites[:1]:
        if isinstance(site.node, ast.Expr):
            name = _source(site, site.node.value)
            if name is not None:
                text = f"{site.text(name)} = {site.text(site.node.value)}"
                yield Candidate(
                    f"keep the result in {site.text(name)}", (site.edit(site.node, text),), LIKELY
                )


def _source(site: Site, node: ast.expr) -> ast.expr | None:
    """What the tensor is called that a chain of methods, or a function, began with."""
    while isinstance(node, ast.Call):
        tensor, _ = tensor_and_rest(site, node)
        if tensor is None:
            return None
        node = tensor
    return node if isinstance(node, ast.Name | ast.Attribute) else None
