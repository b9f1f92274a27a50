"""A stretch where a single index stands: `pe[:, n, :]` takes one position, `pe[:, :n, :]` the first n."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem

LIKELY = 0.3


def propose(problem: Problem) -> Iterator[Candidate]:
    """An index that is a size, in a line involved."""
    for site in problem.sites:
        for node in site.nodes(ast.Subscript):
            assert isinstance(node, ast.Subscript)
            items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            for item in items:
                if not isinstance(item, ast.Slice | ast.Constant) and _is_size(item):
                    text = f":{site.text(item)}"
                    title = f"take everything up to {site.text(item)}, not that position alone"
                    yield Candidate(title, (site.edit(item, text),), LIKELY + site.further)


def _is_size(node: ast.expr) -> bool:
    """Whether an index may count a dimension: a name, x.shape[1], x.size(1)."""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return True
        case ast.Call(func=ast.Attribute(attr="size")):
            return True
    return isinstance(node, ast.Name)
