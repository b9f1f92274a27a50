"""SD205 softmax-axis: the axis that a softmax normalises is not the one contracted with the values.

Attention weights are weights over what is summed: softmax must run along the axis that the product with
the values sums over. Along another axis the weights of one query do not sum to one; over the batch,
samples compete with one another.

What to do: normalise the last dimension of the scores, `softmax(dim=-1)`.

What is meant and stays silent: weights that are normalised again before they are used, as in slot
attention, a learned mixing of heads after the softmax, and softmax over features of queries or over
tokens of keys in linear attention.

Bad, for `-i "b=2 t=5 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            scores = x @ x.transpose(1, 2)
            return scores.softmax(dim=-2) @ x

Good, for `-i "b=2 t=5 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            scores = x @ x.transpose(1, 2)
            return scores.softmax(dim=-1) @ x

Bad, for `-i "b=2 t=5 d=8"`, since the only query there is gives every key the weight one:

    class Net(nn.Module):
        def forward(self, x):
            scores = x[:, :1] @ x.transpose(1, 2)
            return scores.softmax(dim=1) @ x

Good, for `-i "b=2 t=5 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            scores = x[:, :1] @ x.transpose(1, 2)
            return scores.softmax(dim=2) @ x
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._products import PRODUCTS, contracted
from shapedoc.checks._silent import finding_at, is_batch, is_state, named
from shapedoc.core.axes import Dim, size_of
from shapedoc.core.entries import listed
from shapedoc.core.report import Finding
from shapedoc.trace.layouts import canonical, position
from shapedoc.trace.recorder import Op, Var

CODE = "SD205"
NAME = "softmax-axis"
PASSING = frozenset(
    """dropout to float half bfloat16 type type_as contiguous masked_fill nan_to_num clone detach
    transpose permute unsqueeze squeeze view reshape expand einops.rearrange""".split()
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every product of weights that a softmax made."""
    for op in evidence.calls.of(*PRODUCTS):
        operands = contracted(op)
        if any(is_state(var) for var, _ in operands):
            continue  # a learned mixing of heads, not a product with values
        for weights, dims in operands[:1]:
            softmax = _softmax_of(weights)
            if softmax is not None:
                yield from _compared(evidence, softmax, weights, dims)


def _softmax_of(var: Var) -> Op | None:
    """The softmax that made these weights, unless something normalised or changed them afterwards."""
    op = var.op
    while op is not None and canonical(op.name) in PASSING:
        op = op.inputs()[0].op if op.inputs() else None
    return op if op is not None and named(op, "softmax") else None


def _compared(evidence: Evidence, softmax: Op, weights: Var, dims: list[int]) -> Iterator[Finding]:
    scores = softmax.outputs
    if len(scores.shape) < 2 or not weights.layout:
        return
    along = scores.layout[_dim(softmax, len(scores.shape))]
    summed = [weights.layout[dim] for dim in dims]
    if not summed or any(not dim for dim in summed) or not _is_another(along, summed, softmax, weights, dims):
        return
    if is_batch(along):
        return  # over the samples is a rule of its own
    yield finding_at(
        evidence.run.trace,
        softmax,
        CODE,
        f"softmax runs along dimension {_dim(softmax, len(scores.shape))} of {list(scores.shape)}, "
        f"the product with the values sums over another",
        (
            "the weights that are summed do not add up to one, those of different results do",
            f"what adds up to one are the weights of {listed(along, 'query')} for one and the same key",
        ),
        (scores, _dim(softmax, len(scores.shape))),
    )


def _is_another(along: Dim, summed: list[Dim], softmax: Op, weights: Var, dims: list[int]) -> bool:
    """Whether what is normalised is not summed over; an axis of a single entry is told by its place."""
    if size_of(along) > 1:
        return along not in summed and along in (weights.layout or ())
    stays = softmax.outputs.layout == weights.layout
    return stays and _dim(softmax, len(weights.shape)) not in dims and all(size_of(dim) > 1 for dim in summed)


def _dim(softmax: Op, rank: int) -> int:
    given = softmax.kwargs.get("dim", softmax.args[1] if len(softmax.args) > 1 else -1)
    return position(given if isinstance(given, int) else -1, rank)
