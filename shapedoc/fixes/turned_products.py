"""An attention written out, with heads and tokens of queries, keys and values exchanged, and exchanged back.

`(q @ k.mT).softmax(-1) @ v` of [batch, tokens, heads, head_dim] lets heads attend to heads; what is
multiplied must be [batch, heads, tokens, head_dim].
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from shapedoc.core.calls import bare_name
from shapedoc.core.operands import is_imported
from shapedoc.core.report import Edit
from shapedoc.core.source import ast_node_at
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import atom
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Trace

PRODUCTS = ("matmul", "bmm", "einsum")
ORDERS = ("transpose", "mT", "swapaxes", "permute", "contiguous")  # an operand is turned before these
FAR = 20  # calls from one product to the other
TURN = ".transpose(1, 2)"
COPIED = f"{TURN}.contiguous()"  # which a view in one of the next lines can follow
TITLE = "turn heads and tokens of what is multiplied, and of the result"
SURPRISE = {TURN: 0.0, COPIED: 0.5}


@dataclass(frozen=True)
class Product:
    """A product as it is written; `site` is where."""

    site: Site
    node: ast.expr
    operands: tuple[ast.expr, ...]


def propose(problem: Problem) -> Iterator[Candidate]:
    """The product of queries and keys that it shows in, and the one of its weights with the values."""
    op = problem.op
    if problem.finding.code != "SD202" or op is None or canonical(op.name) not in PRODUCTS:
        return
    scores, values = _written(op), _written(_after(op, problem.run.trace))
    if scores and values:
        turned = [_turned(scores, node) for node in scores.operands]
        for back, surprise in SURPRISE.items():
            edits = (*turned, _turned(values, values.operands[-1]), *_turned_back(values, back))
            yield Candidate(TITLE, edits, surprise)


def _after(scores: Op, trace: Trace) -> Op | None:
    """The product of the weights with the values."""
    weights = {scores.outputs}
    for op in trace.ops[scores.index + 1 : scores.index + FAR]:
        if weights.intersection(op.inputs()[:1]):
            if canonical(op.name) in PRODUCTS:
                return op
            weights.add(op.outputs)
    return None


def _written(op: Op | None) -> Product | None:
    span = op.place.span() if op is not None and op.place else None
    node = ast_node_at(span) if span else None
    if span is None or not isinstance(node, ast.expr):
        return None
    operands = _operands(node, span.path)
    return Product(Site(span.path, node, 0), node, operands) if len(operands) == 2 else None


def _operands(node: ast.expr, path: str) -> tuple[ast.expr, ...]:
    match node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            return left, right
        case ast.Call(func=ast.Attribute(value=owner), args=args) if not is_imported(owner, path):
            return owner, *args
        case ast.Call(args=args):
            return tuple(arg for arg in args if not isinstance(arg, ast.Constant))
    return ()


def _turned(product: Product, node: ast.expr) -> Edit:
    """An operand with heads before tokens, whatever order its last two dimensions get then."""
    while (inner := _reordered(node, product.site.path)) is not None:
        node = inner
    return product.site.edit(node, f"{atom(product.site, node)}{TURN}")


def _reordered(node: ast.expr, path: str) -> ast.expr | None:
    """What the dimensions are put into another order of."""
    if isinstance(node, ast.Attribute) and node.attr in ORDERS:
        return node.value
    if not isinstance(node, ast.Call) or bare_name(node) not in ORDERS:
        return None
    owner = node.func.value if isinstance(node.func, ast.Attribute) else None
    return node.args[0] if owner is None or is_imported(owner, path) else owner


def _turned_back(product: Product, back: str) -> Iterator[Edit]:
    """The result in the order it had, so that what follows finds it there."""
    site, node = product.site, product.node
    if isinstance(node, ast.BinOp):
        yield site.in_front(node, "(")
        yield site.behind(node, f"){back}")
    else:
        yield site.behind(node, back)
