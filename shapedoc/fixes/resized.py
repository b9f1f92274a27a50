"""A feature map brought to the size of the one it is joined with, where halving an odd size lost a row."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

LIKELY = 0.5
JOINING = ("SD102", "SD107")  # rules about tensors that are joined
SPATIAL = {3: "linear", 4: "bilinear", 5: "trilinear"}


def propose(problem: Problem) -> Iterator[Candidate]:
    """The operand of a cat or a sum that is a row or a column short, or the call that made it so."""
    if problem.finding.code not in JOINING:
        return
    for site in problem.sites:
        yield from _scaled(site)
    for site in problem.sites[:1]:
        for tensors in _joined(site):
            for node, other in itertools.permutations(tensors):
                yield from _resized(problem, site, node, other)


def _resized(problem: Problem, site: Site, node: ast.expr, other: ast.expr) -> Iterator[Candidate]:
    """One of two tensors brought to the size of the other, if they differ by little."""
    mode = _mode(site.shape_of(node), site.shape_of(other))
    if mode:
        size = f"{site.text(other)}.shape[2:]"
        text = f'torch.nn.functional.interpolate({site.text(node)}, size={size}, mode="{mode}")'
        title = f"bring {site.text(node)} to the size of {site.text(other)} first"
        surprise = LIKELY + _earlier(problem, site, node, other)
        yield Candidate(title, (site.edit(node, text),), surprise)


def _scaled(site: Site) -> Iterator[Candidate]:
    """An interpolation by a factor, to the size of a tensor at hand instead."""
    for call in site.calls("interpolate"):
        for factor in (given for given in call.keywords if given.arg == "scale_factor"):
            for name, shape in site.scope.shapes.items():
                if len(shape) == site.rank_of(call) and "." not in name:
                    text = f"size={name}.shape[2:]"
                    surprise = LIKELY - 0.2 + site.further
                    yield Candidate(f"resize to {name}", (site.edit(factor, text),), surprise)


def _earlier(problem: Problem, site: Site, node: ast.expr, other: ast.expr) -> float:
    """More surprise where it is the tensor made first: the one made later lost the row."""
    made = {var.shape: var.op.index if var.op else 0 for var in (problem.op.inputs() if problem.op else ())}
    own, wanted = (made.get(site.shape_of(tensor) or (), 0) for tensor in (node, other))
    return 0.5 if own < wanted else 0.0


def _joined(site: Site) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Pairs of tensors that one expression joins."""
    for node in site.nodes(ast.BinOp, ast.List, ast.Tuple):
        match node:
            case ast.BinOp(left=left, right=right):
                yield left, right
            case ast.List(elts=[first, second]) | ast.Tuple(elts=[first, second]):
                yield first, second


def _mode(shape: Sequence[int] | None, other: Sequence[int] | None) -> str:
    """How to resize, if the two differ in space by little."""
    if shape is None or other is None or len(shape) != len(other) or shape[0] != other[0]:
        return ""
    near = all(
        abs(left - right) <= max(left, right) // 2 for left, right in zip(shape[2:], other[2:], strict=True)
    )
    return SPATIAL.get(len(shape), "") if near and shape[2:] != other[2:] else ""
