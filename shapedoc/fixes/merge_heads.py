"""Trailing dimensions merged before the layer that takes them as one: heads and head_dim, mostly.

Where the last two dimensions, multiplied, are what the layer wants, they are flattened; the name of the
operand is rewritten in the way that the file itself merges, with einops where it has that.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Iterator

from shapedoc.core.mismatch import Shape
from shapedoc.core.operands import imported_names
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import atom
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

LIKELY = 0.0


def propose(problem: Problem) -> Iterator[Candidate]:
    """The operand that still has more dimensions than it should."""
    mismatch = problem.fault.mismatch if problem.fault else None
    wanted = mismatch.expected if mismatch else ()
    for site in problem.sites:
        for node in _operands(site):
            for count in _counts(site.shape_of(node) or (), wanted):
                title = f"merge the last {count} dimensions of {site.text(node)} first"
                edits = (site.edit(node, _merged(site, node, count)),)
                yield Candidate(title, edits, LIKELY + site.further)


def _counts(shape: Shape, wanted: Collection[int]) -> Iterator[int]:
    """How many of the last dimensions, though not all, make a wanted size together."""
    for count in range(2, len(shape)):
        if math.prod(shape[-count:]) in wanted and 1 not in shape[-count:]:
            yield count


def _operands(site: Site) -> Iterator[ast.expr]:
    for call in site.calls():
        yield from call.args
    for node in site.nodes(ast.BinOp):
        yield node.left


def _merged(site: Site, node: ast.expr, count: int) -> str:
    if count == 2 and "rearrange" in imported_names(site.path):
        return f'rearrange({site.text(node)}, "... h d -> ... (h d)")'
    return f"{atom(site, node)}.flatten(-{count})"
