"""A stretch where a single index stands: `pe[:, n, :]` takes one position, `pe[:, :n, :]` the first n.

And an index of the dimension after the first: `out[-1]` is the last sample, `out[:, -1]` the last of each.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

LIKELY = 0.3


def propose(problem: Problem) -> Iterator[Candidate]:
    """An index in a line involved."""
    for site in problem.sites:
        for node in site.nodes(ast.Subscript):
            for index, text, title in (*_of_each(site, node), *_up_to(site, node)):
                yield Candidate(title, (site.edit(index, text),), LIKELY + site.further)


def _of_each(site: Site, node: ast.Subscript) -> Iterator[tuple[ast.expr, str, str]]:
    if _is_one(node.slice) and (site.rank_of(node.value) or 0) > 1:
        index = site.text(node.slice)
        yield node.slice, f":, {index}", f"take [:, {index}], of every sample, not [{index}]"


def _up_to(site: Site, node: ast.Subscript) -> Iterator[tuple[ast.expr, str, str]]:
    for item in node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]:
        if not isinstance(item, ast.Slice | ast.Constant) and _is_size(item):
            text = site.text(item)
            yield item, f":{text}", f"take everything up to {text}, not that position alone"


def _is_one(node: ast.expr) -> bool:
    """Whether an index is a number as written: 0, -1."""
    number = node.operand if isinstance(node, ast.UnaryOp) else node
    return isinstance(number, ast.Constant) and type(number.value) is int


def _is_size(node: ast.expr) -> bool:
    """Whether an index may count a dimension: a name, x.shape[1], x.size(1)."""
    match node:
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return True
        case ast.Call(func=ast.Attribute(attr="size")):
            return True
    return isinstance(node, ast.Name)
