"""SD206 size-coincidence: two tensors fit only because two unrelated axes have the same size.

With a square image `[b c h w]` and `[b c w h]` can be added; with another image they cannot, or every
value meets the one at the mirrored place. The same goes for a batch that happens to be as large as a
sequence is long.

What to do: transpose one of the operands.

Queries that meet keys which were not transposed are the third of these: features are summed with positions.
The fourth is a layer that is given positions as features, where its result is laid on what has positions.

What is meant and stays silent: a matrix of pairs added to its own transpose; weights of positions that are
learned from features; a layer that mixes positions, where its result stands in their place.

Bad, for `-i "b=2 c=3 h=8 w=8"`:

    class Net(nn.Module):
        def forward(self, x):
            return x + x.transpose(2, 3)

Good, for `-i "b=2 c=3 h=8 w=8"`:

    class Net(nn.Module):
        def forward(self, x):
            return x + x.flip(3)

Bad, for `-i tokens=2,8:int64[0,100)`, where there are as many tokens as features of a head:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(100, 32)
            self.place = nn.Parameter(torch.zeros(8, 32))
            self.qkv = nn.Linear(32, 96)

        def forward(self, tokens):
            x = self.embed(tokens) + self.place
            q, k, v = self.qkv(x).view(*x.shape[:2], 3, 4, 8).permute(2, 0, 3, 1, 4)
            return (q @ k).softmax(dim=-1) @ v

Good, for `-i tokens=2,8:int64[0,100)`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(100, 32)
            self.place = nn.Parameter(torch.zeros(8, 32))
            self.qkv = nn.Linear(32, 96)

        def forward(self, tokens):
            x = self.embed(tokens) + self.place
            q, k, v = self.qkv(x).view(*x.shape[:2], 3, 4, 8).permute(2, 0, 3, 1, 4)
            return (q @ k.mT).softmax(dim=-1) @ v

Good, for `-i tokens=2,8:int64[0,100)`, where weights of positions are learned from features:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(100, 32)
            self.place = nn.Parameter(torch.zeros(8, 32))
            self.weigh = nn.Linear(32, 8)

        def forward(self, tokens):
            x = self.embed(tokens) + self.place
            return self.weigh(x).softmax(dim=-1) @ x

Bad, for `-i tokens=2,8:int64[0,100)`, where there are as many tokens as features:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(100, 8)
            self.place = nn.Parameter(torch.zeros(8, 8))
            self.layers = nn.ModuleList(nn.Linear(8, 8) for _ in range(2))

        def forward(self, tokens):
            x = self.embed(tokens) + self.place
            return x + self.layers[1](self.layers[0](x).transpose(1, 2))

Good, for `-i tokens=2,8:int64[0,100)`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(100, 8)
            self.place = nn.Parameter(torch.zeros(8, 8))
            self.layers = nn.ModuleList(nn.Linear(8, 8) for _ in range(2))

        def forward(self, tokens):
            x = self.embed(tokens) + self.place
            return x + self.layers[1](self.layers[0](x).transpose(1, 2)).transpose(1, 2)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._copies import is_copy
from shapedoc.checks._meetings import Pair, Pairs, Place, dims_of
from shapedoc.checks._products import contracted
from shapedoc.checks._silent import dim_at, finding_at, is_batch, is_elementwise, is_token, kind_of, named
from shapedoc.core.axes import Dim, Kind, name_of, size_of
from shapedoc.core.entries import facing
from shapedoc.core.meetings import elsewhere, misplaced, root
from shapedoc.core.report import Finding
from shapedoc.trace.recorder import Op, Trace

CODE = "SD206"
NAME = "size-coincidence"


def check(evidence: Evidence) -> Iterator[Finding]:
    """Calls that pair axes which one tensor keeps apart, or the batch with positions."""
    for op, pairs in evidence.meetings:
        pair = _coincidence(evidence.run.trace, op, pairs)
        if pair is not None and not _of_one_name(pair):
            yield _found(evidence, op, pair)
    for _, product in evidence.scores:
        pair = _scores(product)
        if pair is not None:
            yield _found(evidence, product, pair)


def _found(evidence: Evidence, op: Op, pair: Pair) -> Finding:
    (first, at), (second, index) = pair
    names = _names(dim_at(first, at), dim_at(second, index))
    message = f"{names[0]} of the one operand meets {names[1]} of the other, both {first.shape[at]}"
    trace = evidence.run.trace
    given = [
        place
        for one in pair
        for place in _given(trace, dim_at(*one))
        if kind_of(dim_at(*place)) is Kind.TOKEN
    ]
    return finding_at(trace, op, CODE, message, _notes(pair), *pair, *given)


def _scores(product: Op) -> Pair | None:
    """Features of queries that are summed with positions of keys, which stand apart in the queries."""
    operands = contracted(product)
    if len(operands) != 2 or any(len(dims) != 1 for _, dims in operands):
        return None
    [(query, [inner]), (key, [along])] = operands
    features, tokens = dim_at(query, inner), dim_at(key, along)
    kinds = (kind_of(features), kind_of(tokens))
    is_same = tokens in (query.layout or ()) and size_of(tokens) > 1
    return ((query, inner), (key, along)) if is_same and kinds == (Kind.FEATURE, Kind.TOKEN) else None


def _of_one_name(pair: Pair) -> bool:
    """Whether both are called the same, as a row of positions and the same row shifted are: no two axes."""
    first, second = (dim_at(*place) for place in pair)
    origins = {root(piece.axis).name for piece in (*first, *second)}
    return bool(name_of(first)) and name_of(first) == name_of(second) and len(origins) == 1


def _notes(pair: Pair) -> tuple[str, ...]:
    return (
        "with other sizes the call fails, or one of the two axes is read in the place of the other",
        f"what meets is {facing(*(dim_at(*place) for place in pair))}",
    )


def _coincidence(trace: Trace, op: Op, pairs: Pairs) -> Pair | None:
    if any(True for _ in elsewhere(*dims_of(pairs))):  # which is seldom, and soon known
        ours, theirs = (_without_copies(trace, dims) for dims in dims_of(pairs))
        found = misplaced(ours, theirs) or misplaced(theirs, ours)
        if found:
            return pairs[found[0]]
    if not is_elementwise(op):
        return None
    return next(filter(_is_mixed, pairs), None) or _summed_over(trace, pairs)


def _without_copies(trace: Trace, dims: list[Dim]) -> list[Dim]:
    """Dimensions that hold nothing but copies of one entry, as those of one entry: they fit anything."""
    return [() if dim and all(is_copy(trace, piece) for piece in dim) else dim for dim in dims]


def _is_mixed(pair: Pair) -> bool:
    first, second = dim_at(*pair[0]), dim_at(*pair[1])
    return is_batch(first) and is_token(second) or is_token(first) and is_batch(second)


def _summed_over(trace: Trace, pairs: Pairs) -> Pair | None:
    """Features that a layer made of positions, where the other operand has these positions elsewhere."""
    first, second = zip(*pairs, strict=True)
    for ours, theirs in ((first, second), (second, first)):
        kept = [dim_at(*place) for place in ours]
        for at, place in enumerate(theirs):
            given = [dim_at(*one) for one in _given(trace, dim_at(*place))]
            if any(dim in kept and kept.index(dim) != at and kind_of(dim) is Kind.TOKEN for dim in given):
                return pairs[at]
    return None


def _given(trace: Trace, dim: Dim) -> list[Place]:
    """What a linear layer summed over to make these features; nothing for any others."""
    origin = dim[0].axis.origin if len(dim) == 1 and dim[0].whole else None
    op = trace.ops[origin] if origin is not None else None
    x = op.inputs()[0] if op is not None and named(op, "linear") else None
    return [(x, len(x.shape) - 1)] if x is not None else []


def _names(first: Dim, second: Dim) -> list[str]:
    """What two dimensions are called, or were before they were called the same."""
    called = [name_of(dim) or "one axis" for dim in (first, second)]
    return called if len(set(called)) > 1 else [_first_name(dim) or "one axis" for dim in (first, second)]


def _first_name(dim: Dim) -> str:
    return root(dim[0].axis).name if len(dim) == 1 else ""
