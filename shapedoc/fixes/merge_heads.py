"""Trailing dimensions merged before the layer that takes them as one: heads and head_dim, mostly.

Where the last two dimensions, multiplied, are what the layer wants, they are flattened; the name of the
operand is rewritten in the way that the file itself merges, with einops where it has that.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator

from shapedoc.core.operands import imported_names
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import atom
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

LIKELY = 0.0


def propose(problem: Problem) -> Iterator[Candidate]:
    """The operand that still has more dimensions than it should."""
    mismatch = problem.fault.mismatch if problem.fault else None
    wanted = set(mismatch.expected) if mismatch else set()
    for site in problem.sites:
        for node in _operands(site):
            shape = site.shape_of(node) or ()
            for count in range(2, len(shape)):
                if math.prod(shape[-count:]) in wanted and 1 not in shape[-count:]:
                    for text in _merged(site, node, count):
                        title = f"merge the last {count} dimensions of {site.text(node)} first"
                        yield Candidate(title, (site.edit(node, text),), LIKELY + site.further)


def _operands(site: Site) -> Iterator[ast.expr]:
    for call in site.calls():
        yield from call.args
    for node in site.nodes(ast.BinOp):
        assert isinstance(node, ast.BinOp)
        yield node.left


def _merged(site: Site, node: ast.expr, count: int) -> Iterator[str]:
    if count == 2 and "rearrange" in imported_names(site.path):
        yield f'rearrange({site.text(node)}, "... h d -> ... (h d)")'
    else:
        yield f"{atom(site, node)}.flatten(-{count})"
