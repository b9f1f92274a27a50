"""All operands of an attention call with heads and tokens exchanged, and its result exchanged back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.core.report import Edit
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import atom
from shapedoc.fixes._problem import Problem, Site

TURN = ".transpose(1, 2)"
BOTH, OPERANDS, RESULT = 0.5, 0.6, 0.9  # surprise of turning operands and result, or one of them alone
FURTHER = 0.15
LEAST = 4  # dimensions: samples, heads, tokens, features


def propose(problem: Problem) -> Iterator[Candidate]:
    """A call of several tensors with heads and tokens, on a line involved."""
    for site in problem.sites:
        for call in site.nodes(ast.Call):
            assert isinstance(call, ast.Call)
            tensors = [node for node in _given(call) if len(site.shape_of(node) or ()) >= LEAST]
            if len(tensors) >= 2:
                yield from _turned(site, call, tensors)


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _turned(site: Site, call: ast.Call, tensors: list[ast.expr]) -> Iterator[Candidate]:
    operands = tuple(site.edit(node, f"{atom(site, node)}{TURN}") for node in tensors)
    whole = site.span(call)
    after = type(whole)(whole.path, whole.end_line, whole.end_column, whole.end_line, whole.end_column)
    result = Edit(after, TURN)
    further = FURTHER * site.rank
    title = f"turn heads and tokens of {', '.join(site.text(node) for node in tensors)}"
    yield Candidate(f"{title}, and of the result", (*operands, result), BOTH + further)
    yield Candidate(title, operands, OPERANDS + further)
    yield Candidate("turn heads and tokens of the result", (result,), RESULT + further)
