"""SD203 batch-mixing: a value crosses from one sample of the batch to another.

What a sample gives must not depend on which others it is trained with. It does where a recurrent or
attention layer takes the batch for the sequence (`batch_first`), where softmax, a norm or a product runs
over the batch, and where a table of positions is indexed by it. One sample stands for all where
`out[-1]` is written for the last position, `out[:, -1]`.

What to do: `batch_first=True`, or `transpose(0, 1)` around the layer; another `dim=`.

What is meant and stays silent: batch norm, losses and similarities between samples, heads or windows
merged into the batch, pools of tokens.

Bad, for `-i "b=2 t=5 d=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(8, 8)

        def forward(self, x):
            return self.lstm(x)[0]

Good, for `-i "b=2 t=5 d=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(8, 8, batch_first=True)

        def forward(self, x):
            return self.lstm(x)[0]

Bad, for `-i "b=3 t=5 d=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.positions = nn.Parameter(torch.zeros(16, 1, 8))

        def forward(self, x):
            return x + self.positions[: x.shape[0]]

Good, for `-i "b=3 t=5 d=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.positions = nn.Parameter(torch.zeros(16, 8))

        def forward(self, x):
            return x + self.positions[: x.shape[1]]

Bad, for `-i "b=3 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            return x.softmax(dim=0)

Bad, for `-i "b=3 t=5 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            return torch.nn.functional.normalize(x, dim=0)

Good, for `-i "b=3 t=5 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            return torch.nn.functional.normalize(x, dim=-1)

Bad, for `-i "b=3 t=5 d=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.fc = nn.LSTM(8, 16, batch_first=True), nn.Linear(16, 4)

        def forward(self, x):
            out, _ = self.lstm(x)
            return self.fc(out[-1])

Good, for `-i "b=3 t=5 d=8"`:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm, self.fc = nn.LSTM(8, 16, batch_first=True), nn.Linear(16, 4)

        def forward(self, x):
            out, _ = self.lstm(x)
            return self.fc(out[:, -1])

Bad, for `-i "b=3 t=5 d=8"`, attention of samples to samples at each position:

    class Net(nn.Module):
        def forward(self, x):
            x = x.transpose(0, 1)
            return ((x @ x.mT).softmax(dim=-1) @ x).transpose(0, 1)

Good, for `-i "b=3 t=5 d=8"`:

    class Net(nn.Module):
        def forward(self, x):
            return (x @ x.mT).softmax(dim=-1) @ x

Good, for `-i "b=3 t=5 d=8"`, since every sample has its turn:

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 4)

        def forward(self, x):
            return torch.stack([self.fc(x[at])[-1] for at in range(len(x))])
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from shapedoc.checks import Evidence
from shapedoc.checks._calls import ELEMENTWISE
from shapedoc.checks._passage import is_passed_by_all
from shapedoc.checks._products import PRODUCTS, contracted, softmax_of
from shapedoc.checks._silent import dim_at, finding_at, is_batch, kind_of, named
from shapedoc.checks._tables import indexed_by_samples
from shapedoc.core.axes import Dim, Kind, size_of
from shapedoc.core.entries import listed
from shapedoc.core.report import Finding
from shapedoc.trace.execution import Run
from shapedoc.trace.layouts import canonical, position
from shapedoc.trace.layouts.reunion import part_of
from shapedoc.trace.recorder import Op, Var

CODE = "SD203"
NAME = "batch-mixing"
RUNNING = ("softmax", "log_softmax", "normalize", "cumsum", "cumprod", "logcumsumexp")
PICKING = ("getitem", "select")
RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")

Place = tuple[str, Var, int]  # what mixes, and the batch dimension it mixes along


def check(evidence: Evidence) -> Iterator[Finding]:
    """Every call that runs along a batch dimension as if it were another."""
    trace = evidence.run.trace
    for op in evidence.calls.of(*MIXING, ELEMENTWISE):
        mixed = MIXING.get(canonical(op.name), indexed_by_samples)
        for text, var, dim in mixed(op) if op.outputs else ():
            yield finding_at(trace, op, CODE, text, _notes(dim_at(var, dim)), (var, dim))
    for op in evidence.calls.of(*PICKING):
        yield from _standing_for_all(evidence.run, op)


def _standing_for_all(run: Run, op: Op) -> Iterator[Finding]:
    """A sample that is picked out of the batch, of which nothing else reaches the outputs."""
    part = part_of(op, op.outputs) if isinstance(op.outputs, Var) else None
    if part is None or part.count or not is_batch(dim_at(part.source, part.at)):
        return
    if is_passed_by_all(run, op):
        sample, others = part.start, part.source.shape[part.at] - 1
        notes = (
            f"all that is returned is of sample {sample}, the other {others} make no difference",
            f"it was picked among {listed(dim_at(part.source, part.at), 'sample')}",
        )
        text = f"sample {sample} is picked out of the batch and stands for all of it"
        yield finding_at(run.trace, op, CODE, text, notes, (part.source, part.at))


def _notes(dim: Dim) -> tuple[str, ...]:
    return (
        "what one sample gives changes with the others in its batch, or with its place among them",
        f"run over one after another are {listed(dim, 'sample')}, each at the same position",
    )


def _recurrent(op: Op) -> Iterator[Place]:
    batch_first = op.args[-1] is True  # of torch's functions, where sequences are not packed
    yield from _sequence(op, int(batch_first), "sequence of a recurrent layer")


def _multi_head(op: Op) -> Iterator[Place]:
    yield from _sequence(op, 0, "sequence of an attention layer")


def _product(op: Op) -> Iterator[Place]:
    yield from _summed(op)
    yield from _attended(op)


def _attention(op: Op) -> Iterator[Place]:
    key = op.inputs()[1]
    yield from _to_samples(key, len(key.shape) - 2)


def _sequence(op: Op, dim: int, what: str) -> Iterator[Place]:
    x = op.inputs()[0]
    dims = dim_at(x, dim), dim_at(x, 1 - dim)
    merged = _holds_batch(dims[0]) and kind_of(dims[1]) is Kind.TOKEN  # with windows, and the positions apart
    if len(x.shape) == 3 and (is_batch(dims[0]) or merged):
        yield f"the batch is taken for the {what}", x, dim


def _normalised(op: Op) -> Iterator[Place]:
    yield from _along(op.inputs()[0], op.argument(1, "dim"), canonical(op.name))


def _along(x: Var, given: Any, what: str) -> Iterator[Place]:
    if not isinstance(given, int) or len(x.shape) == 1:
        return  # one number for each sample is weighed against those of the others on purpose
    dim = position(given, len(x.shape))
    others = [index for index in range(len(x.shape)) if index != dim]
    if is_batch(dim_at(x, dim)) and not any(is_batch(dim_at(x, index)) for index in others):
        yield f"{what} runs over the batch", x, dim


def _layer_norm(op: Op) -> Iterator[Place]:
    x, sizes = op.inputs()[0], op.argument(1, "normalized_shape", ())
    normalised = 1 if isinstance(sizes, int) else len(sizes)
    for dim in range(len(x.shape) - normalised, len(x.shape)):
        if is_batch(dim_at(x, dim)):
            yield "layer norm runs over the batch", x, dim


def _summed(op: Op) -> Iterator[Place]:
    """A product that sums over the batch, and keeps none of it: not a similarity, not a gradient.

    A pool of tokens may be summed over, though not with learned weights; so may samples where features are
    compared over all of them.
    """
    holds = _holds_batch if named(op, "linear") else is_batch
    result = op.outputs
    if not isinstance(result, Var) or any(is_batch(dim) for dim in result.layout or ()):
        return
    if _is_covariance(op):
        return
    for var, dims in contracted(op)[:1]:
        for dim in dims:
            if holds(dim_at(var, dim)) and len(result.shape) > 1 and not _may_hold(result, dim_at(var, dim)):
                yield f"{canonical(op.name)} sums over the batch", var, dim


def _may_hold(result: Var, samples: Dim) -> bool:
    """Whether a dimension of which nothing is known may be the batch, as in a matrix of all its pairs."""
    sizes = {piece.size for piece in samples if is_batch((piece,))}
    return any(size_of(dim) in sizes and kind_of(dim) is Kind.UNKNOWN for dim in result.layout or ())


def _is_covariance(op: Op) -> bool:
    """Whether nothing but the batch is summed over, and features alone are left of both operands."""
    operands = contracted(op)
    kept = [dim for var, dims in operands for at, dim in enumerate(var.layout or ()) if at not in dims]
    summed = [dim_at(var, at) for var, dims in operands for at in dims]
    features = {kind_of(dim) for dim in kept} == {Kind.FEATURE}
    return len(operands) == 2 and features and all(map(is_batch, summed))


def _attended(op: Op) -> Iterator[Place]:
    """A product with what a softmax made."""
    for weights, dims in contracted(op)[:1]:
        for dim in dims if softmax_of(weights) else ():
            yield from _to_samples(weights, dim)


def _to_samples(var: Var, dim: int) -> Iterator[Place]:
    """Attention to the samples, each position for itself; a similarity of samples has no positions."""
    if is_batch(dim_at(var, dim)) and any(kind_of(other) is Kind.TOKEN for other in var.layout or ()):
        yield "attention runs over the batch", var, dim


def _holds_batch(dim: Dim) -> bool:
    return any(is_batch((piece,)) for piece in dim)


def _divided(op: Op) -> Iterator[Place]:
    """A tensor divided by its own length along a dimension, which is as good as `normalize`."""
    yield from indexed_by_samples(op)
    operands = op.inputs()
    length = operands[1].op if len(operands) == 2 else None
    if length is not None and named(length, "norm") and length.inputs()[0] is operands[0]:
        yield from _along(operands[0], length.argument(2, "dim"), "a division by the length")


MIXING: dict[str, Callable[[Op], Iterator[Place]]] = {
    **dict.fromkeys(RECURRENT, _recurrent),
    "multi_head_attention_forward": _multi_head,
    **dict.fromkeys(RUNNING, _normalised),
    "layer_norm": _layer_norm,
    **dict.fromkeys(PRODUCTS, _product),
    "scaled_dot_product_attention": _attention,
    "div": _divided,
}
"""What mixes samples, by the name of the call; of what is elementwise, tables."""
