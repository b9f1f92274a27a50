"""All operands of an attention call with heads and tokens exchanged, and its result exchanged back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.core.calls import values_given
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import atom
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

BOTH, OPERANDS, RESULT = 0.0, 0.1, 0.4  # surprise of turning operands and result, or one of them alone
ELSEWHERE = 1.2  # more, where the finding is not about layouts
LEAST = 4  # dimensions: samples, heads, tokens, features

# Between heads first and heads last: with one axis of tokens, and with several.
TURNS = {
    False: [(".transpose(1, 2)", ".transpose(1, 2)")],
    True: [(".movedim(1, -2)", ".movedim(-2, 1)"), (".movedim(-2, 1)", ".movedim(1, -2)")],
}


def propose(problem: Problem) -> Iterator[Candidate]:
    """A call of several tensors with heads and tokens, on a line involved."""
    for site in problem.sites:
        for call in site.calls():
            tensors = [node for node in values_given(call) if len(site.shape_of(node) or ()) >= LEAST]
            if len(tensors) >= 2:
                more = site.further + ELSEWHERE * (problem.finding.code != "SD202")
                yield from _turned(site, call, tensors, more)


def _turned(site: Site, call: ast.Call, tensors: list[ast.expr], more: float) -> Iterator[Candidate]:
    title = f"turn heads and tokens of {', '.join(site.text(node) for node in tensors)}"
    for turn, back in TURNS[max(len(site.shape_of(node) or ()) for node in tensors) > LEAST]:
        operands = tuple(site.edit(node, f"{atom(site, node)}{turn}") for node in tensors)
        result = site.behind(call, back)
        yield Candidate(f"{title}, and of the result", (*operands, result), BOTH + more)
        yield Candidate(title, operands, OPERANDS + more)
        yield Candidate("turn heads and tokens of the result", (result,), RESULT + more)
