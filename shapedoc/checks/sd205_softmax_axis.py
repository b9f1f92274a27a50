"""SD205 softmax-axis: the axis that a softmax normalises is not the one contracted with the values.

Attention weights are weights over what is summed: softmax must run along the axis that the product with
the values sums over. Along another axis the weights of one query do not sum to one; over the batch,
samples compete with one another. In a cross entropy written out, `-(p * q.log()).sum(-1)`, both must be
distributions over the same dimension.

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

Bad, for `-i "b=2 t=5 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            target = (x * 2).softmax(dim=-1)
            return -(target * x.softmax(dim=1).clamp(min=1e-6).log()).sum(dim=-1).mean()

Good, for `-i "b=2 t=5 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            target = (x * 2).softmax(dim=-1)
            return -(target * x.softmax(dim=-1).clamp(min=1e-6).log()).sum(dim=-1).mean()

Bad, for `-i "b=2 h=3 t=5 d=8"`, where heads are mixed after the softmax:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.Parameter(torch.randn(3, 3))

        def forward(self, x):
            weights = (x @ x.mT).softmax(dim=-1)
            weights = torch.einsum("b h i j, h g -> b g i j", weights, self.mix)
            return weights.mT @ x

Good, for `-i "b=2 h=3 t=5 d=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.mix = nn.Parameter(torch.randn(3, 3))

        def forward(self, x):
            weights = (x @ x.mT).softmax(dim=-1)
            weights = torch.einsum("b h i j, h g -> b g i j", weights, self.mix)
            return weights @ x

Good, for `-i "b=2 s=3 t=5 d=8"`, where slots compete, and what they take is normed:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.LayerNorm(5)

        def forward(self, x):
            scores = x[:, 0, :2] @ x[:, 1].mT
            return self.norm(scores.softmax(dim=1)) @ x[:, 2]
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._products import PRODUCTS, contracted, softmax_of
from shapedoc.checks._silent import axis_of, dim_at, finding_at, is_batch, is_state, named
from shapedoc.core.axes import Dim, Kind, size_of
from shapedoc.core.entries import listed
from shapedoc.core.report import Finding
from shapedoc.trace.layouts import canonical, position
from shapedoc.trace.recorder import Op, Var

CODE = "SD205"
NAME = "softmax-axis"
ENTRYWISE = frozenset(
    "log neg clamp clamp_min add to float type detach gather nan_to_num clone contiguous chunk split".split()
)


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every product of weights that a softmax made, and of two distributions."""
    for op in evidence.calls.of("mul") if evidence.calls.of("log", "log_softmax") else ():
        yield from _crossed(evidence, op)
    for op in evidence.calls.of(*PRODUCTS):
        operands = contracted(op)
        if any(is_state(var) for var, _ in operands):
            continue  # a learned mixing of heads, not a product with values
        for weights, dims in operands[:1]:
            softmax = softmax_of(weights, tuple(dim_at(weights, dim) for dim in dims))
            if softmax is not None:
                yield from _compared(evidence, softmax, weights, dims)


def _crossed(evidence: Evidence, op: Op) -> Iterator[Finding]:
    """The product of one distribution with the logarithm of another."""
    sides = [(var, _distribution(var)) for var in op.inputs()] if named(op, "mul") else []
    rank = len(op.outputs.shape)
    if len(sides) != 2 or {len(var.shape) for var, _ in sides} != {rank}:
        return
    [(first, is_log), (other, is_other_log)] = [found for _, found in sides]
    if first is None or other is None or is_log == is_other_log:
        return
    ours, theirs = _dim(first, rank), _dim(other, rank)
    if ours != theirs:
        message = (
            f"one distribution is over dimension {ours} of {list(op.outputs.shape)}, "
            f"the other over dimension {theirs}"
        )
        notes = (
            "probabilities are compared with numbers that do not add up to one with them",
            f"what adds up to one are {listed(dim_at(first.outputs, ours), 'entry')} of the one",
        )
        places = (first.outputs, ours), (other.outputs, theirs)
        yield finding_at(evidence.run.trace, op, CODE, message, notes, *places)


def _distribution(var: Var) -> tuple[Op | None, bool]:
    """The softmax behind a tensor whose dimensions stayed in place, and whether its logarithm was taken."""
    op, is_log = var.op, False
    while op is not None and canonical(op.name) in ENTRYWISE:
        is_log |= named(op, "log")
        op = op.inputs()[0].op if op.inputs() else None
    if op is not None and named(op, "log_softmax"):
        return op, True
    return (op, is_log) if op is not None and named(op, "softmax") else (None, is_log)


def _compared(evidence: Evidence, softmax: Op, weights: Var, dims: list[int]) -> Iterator[Finding]:
    scores, at = softmax.outputs, _dim(softmax, len(softmax.outputs.shape))
    if len(scores.shape) < 2 or not weights.layout:
        return
    along, summed = scores.layout[at], [weights.layout[dim] for dim in dims]
    if not summed or not all(summed) or is_batch(along) or _is_choice(along):
        return  # over the samples is a rule of its own; shares of clusters that a layer gave may be summed
    if _is_another(along, summed, softmax, weights, dims):
        message = (
            f"softmax runs along dimension {at} of {list(scores.shape)}, the product with the values "
            "sums over another"
        )
        notes = (
            "the weights that are summed do not add up to one, those of different results do",
            f"what adds up to one are the weights of {listed(along, 'query')} for one and the same key",
        )
        places = [(weights, dim) for dim in dims]
        yield finding_at(evidence.run.trace, softmax, CODE, message, notes, (scores, at), *places)


def _is_choice(dim: Dim) -> bool:
    """Whether a dimension is all that a layer gave, as the clusters are to which each entry is assigned."""
    axis = axis_of(dim)
    return axis is not None and axis.kind is Kind.FEATURE and axis.origin is not None and axis.size > 1


def _is_another(along: Dim, summed: list[Dim], softmax: Op, weights: Var, dims: list[int]) -> bool:
    """Whether what is normalised is not summed over; an axis of a single entry is told by its place."""
    if size_of(along) > 1:
        at_hand = set(softmax.outputs.layout or ())  # heads that are mixed after it go
        return along not in summed and (along in (weights.layout or ()) or at_hand.issuperset(summed))
    stays = softmax.outputs.layout == weights.layout
    return stays and _dim(softmax, len(weights.shape)) not in dims and all(size_of(dim) > 1 for dim in summed)


def _dim(softmax: Op, rank: int) -> int:
    given = softmax.argument(1, "dim")
    return position(given if isinstance(given, int) else -1, rank)
