"""A helper that is there and was not called: `self.padded(self.norm(x))`, `without_head(weights)`.

What a call on a line involved is given, or what the line makes, goes through a method of the class or a
function of the module that takes one value. One that nothing in the file speaks of was written for this.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import islice

from shapedoc.fixes import Candidate
from shapedoc.fixes._helpers import Helper, Use, helpers_at
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

SURPRISE = {Use.NOWHERE: 0.0, Use.BESIDE: 0.3, Use.ELSEWHERE: 0.7}  # of a helper, by where it is called
GIVEN = 0.1  # of what a call or an operator is given, in the place of what the line makes
STRETCHES = "SD102"  # the rule of a fault that whatever makes a scalar mends
MOST = 16  # candidates, since a file may hold any number of helpers


def propose(problem: Problem) -> Iterator[Candidate]:
    """One value of a line that crashed, or of those before it, through one helper."""
    if problem.crashed:
        found = [candidate for site in problem.sites for candidate in _wrapped(problem, site)]
        yield from islice(sorted(found, key=lambda candidate: candidate.surprise), MOST)


def _wrapped(problem: Problem, site: Site) -> Iterator[Candidate]:
    for helper in helpers_at(site.span(site.node)):
        if _may_be_meant(problem, site, helper):
            for node, surprise in _values(problem, site):
                text = f"{helper.name}({site.text(node)})"
                surprise += SURPRISE[helper.use] + site.further
                title = f"write {text} instead of {site.text(node)}"
                yield Candidate(title, (site.edit(node, text),), surprise)


def _may_be_meant(problem: Problem, site: Site, helper: Helper) -> bool:
    """Whether nothing calls it, or calls of torch were seen in it."""
    if helper.use is not Use.BESIDE and problem.finding.code == STRETCHES:
        return False
    return helper.use is Use.NOWHERE or any((site.path, line) in problem.made_at for line in helper.lines)


def _values(problem: Problem, site: Site) -> Iterator[tuple[ast.expr, float]]:
    """What a line makes, and what its calls and operators are given."""
    made = site.node.value if isinstance(site.node, ast.Assign | ast.Return) else None
    values = [(made, 0.0)] if made is not None else []
    values += [(node, GIVEN) for inner in site.nodes(ast.Call, ast.BinOp) for node in _given(inner)]
    yield from (value for value in values if _may_be_wrapped(problem, site, value[0]))


def _given(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.Call(func=ast.Attribute(value=owner), args=args):
            return [owner, *args]
        case ast.Call(args=args):
            return list(args)
        case ast.BinOp(left=left, right=right):
            return [left, right]
    return []


def _may_be_wrapped(problem: Problem, site: Site, node: ast.expr) -> bool:
    """Whether it is a tensor; while a model is built, whether it may hold some."""
    if problem.run.model is None:
        return isinstance(node, ast.Name | ast.Call)
    return site.shape_of(node) is not None
