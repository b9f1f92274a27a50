"""Another `dim` for a call that takes one: softmax over the keys, a cat along the right dimension."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem, Site, bare_name

OTHER = 0.6  # surprise of another dimension
MOST_DIMS = 6

# Where the dimension stands among the arguments of the method; a function has the tensor before it.
_FIRST = (
    "softmax log_softmax cumsum cumprod unsqueeze squeeze argmax mean sum prod amax amin max min std "
    "var norm logsumexp unbind argsort select index_select narrow gather flip glu cat concat stack"
)
_SECOND = "chunk split tensor_split roll repeat_interleave topk"
POSITIONS = {**dict.fromkeys(_FIRST.split(), 0), **dict.fromkeys(_SECOND.split(), 1)}
KEYWORDS = ("dim", "axis", "dims", "start_dim", "end_dim")


def propose(problem: Problem) -> Iterator[Candidate]:
    """One dimension changed on a line involved."""
    for site in problem.sites:
        for node, rank in _dims(site):
            for dim in _others(site, node, rank):
                title = f"write {dim} instead of {site.text(node)} as the dimension"
                yield Candidate(title, (site.edit(node, str(dim)),), OTHER + site.further)


def _dims(site: Site) -> Iterator[tuple[ast.expr, int]]:
    """The expressions that name a dimension, with the rank of the tensor."""
    for call in site.calls():
        for node in _arguments(call):
            if site.value(node) is not None:
                yield node, _rank(site, call)


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS)
    position = POSITIONS.get(bare_name(call))
    if position is None:
        return
    for at in (position, position + 1):  # of a method, of a function
        if at < len(call.args):
            yield call.args[at]


def _rank(site: Site, call: ast.Call) -> int:
    op = site.op_of(call)
    inputs = op.inputs() if op else []
    return min(len(inputs[0].shape) if inputs else 4, MOST_DIMS)


def _others(site: Site, node: ast.expr, rank: int) -> Iterator[int]:
    """Every other dimension, counted from the end where that is how the first is written; the last is -1."""
    value = site.value(node)
    assert value is not None
    for dim in range(rank):
        if dim != value % rank:
            counted_back = dim - rank if value < 0 else dim
            yield -1 if dim == rank - 1 else counted_back
