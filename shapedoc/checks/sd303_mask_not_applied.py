"""SD303 mask-not-applied: a mask lies on another axis than the keys it should hide.

A mask of attention hides keys: it must vary along the last dimension of the scores. A mask that lies along
the queries hides whole rows and no key; one with the batch in the place of the heads or the positions
applies one sample's mask to all; one of a single value applies to all scores or to none.

What to do: `mask[:, None, None, :]` for a mask of [batch, keys].

Bad, for `-i "x=b=2 t=5 d=8" -i "mask=b=2 t=5:bool"`:

    class Net(nn.Module):
        def forward(self, x, mask):
            scores = x @ x.transpose(1, 2)
            return scores.masked_fill(mask[:, :, None], -1e9).softmax(-1) @ x

Good, for `-i "x=b=2 t=5 d=8" -i "mask=b=2 t=5:bool"`:

    class Net(nn.Module):
        def forward(self, x, mask):
            scores = x @ x.transpose(1, 2)
            return scores.masked_fill(mask[:, None, :], -1e9).softmax(-1) @ x

Bad, for `-i "x=b=4 h=4 t=6 d=8" -i "mask=b=4 s=6 t=6:bool"`:

    class Net(nn.Module):
        def forward(self, x, mask):
            return F.scaled_dot_product_attention(x, x, x, attn_mask=mask)
"""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.checks import Evidence
from shapedoc.checks._silent import dim_at, finding_at, is_batch, is_token, lined_up, named
from shapedoc.core.entries import listed
from shapedoc.core.report import Finding
from shapedoc.trace.faults import contract_of_layer
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Trace, Var

CODE = "SD303"
NAME = "mask-not-applied"
BETWEEN = frozenset("masked_fill add sub mul div where to float half bfloat16 type contiguous clamp".split())
RESHAPING = frozenset("getitem unsqueeze view expand repeat transpose to type float half bfloat16".split())
LARGE = 1e4  # what hides a score is no smaller, in half precision too


def check(evidence: Evidence) -> Iterator[Finding]:
    """Masks of scores, and masks given to attention."""
    trace = evidence.run.trace
    masked = [op for op in evidence.calls.of("masked_fill", "add") if op.outputs]
    softmaxed = _scores(trace) if masked else ()
    for op in masked:
        if op.outputs in softmaxed:
            yield from _masked(trace, op)
    for op in evidence.calls.of("scaled_dot_product_attention"):
        if op.outputs:
            yield from _given(trace, op)


def _scores(trace: Trace) -> set[Var]:
    """Tensors that go into a softmax over their last dimension, through elementwise calls alone."""
    found: set[Var] = set()
    for op in reversed(trace.ops):
        goes_on = isinstance(op.outputs, Var) and op.outputs in found and canonical(op.name) in BETWEEN
        if (goes_on and op.inputs()) or (named(op, "softmax") and op.outputs and _is_over_last(op)):
            found.add(op.inputs()[0])
    return found


def _is_over_last(softmax: Op) -> bool:
    return softmax.argument(1, "dim") in (-1, len(softmax.inputs()[0].shape) - 1)


def _penalised(op: Op) -> list[Var]:
    """Scores and what hides some of them: a mask, or large negative numbers made of one that are added."""
    operands = op.inputs()[:2]
    if not named(op, "add"):
        return operands
    turns = (operands, operands[::-1])
    return next((turn for turn in turns if len(turn) == 2 and _is_penalty(turn[1])), [])


def _is_penalty(var: Var) -> bool:
    op = var.op
    if op is None or not op.inputs():
        return False
    if canonical(op.name) in RESHAPING:
        return _is_penalty(op.inputs()[0])
    numbers = [arg for arg in op.args if isinstance(arg, float | int)]
    return named(op, "mul", "masked_fill") and any(abs(number) >= LARGE for number in numbers)


def _masked(trace: Trace, op: Op) -> Iterator[Finding]:
    operands = _penalised(op)
    if len(operands) < 2 or min(len(var.shape) for var in operands) < 2:
        return
    scores, mask = operands
    rows, columns = len(mask.shape) - 2, len(mask.shape) - 1
    if mask.shape[-1] == 1 and mask.shape[-2] > 1 and scores.shape[-1] > 1:
        text = f"the mask {list(mask.shape)} lies along the queries of {list(scores.shape)}, no key is hidden"
        yield finding_at(trace, op, CODE, text, _whole_rows(scores), (mask, rows))
    if mask.shape[-2:] == (1, 1) and min(scores.shape[-2:]) > 1:
        text = f"the mask {list(mask.shape)} is one value for all of {list(scores.shape)}, no key is hidden"
        yield finding_at(trace, op, CODE, text, (*_everything(scores), *_advice(op)), (mask, columns))
    yield from _misplaced(trace, op, scores, mask)


def _advice(op: Op) -> Iterator[str]:
    """What the contract of the layer around a call says of the dimensions it takes."""
    contract = contract_of_layer(type(op.module.module)) if op.module else None
    if contract is not None and "rank" in contract.says:
        yield contract.says["rank"].template


def _whole_rows(scores: Var) -> tuple[str, ...]:
    return (
        "whole rows of scores get one value, over which softmax is the same as over none",
        f"of one query, masked alike are {_keys(scores)}",
    )


def _everything(scores: Var) -> tuple[str, ...]:
    return (
        "softmax of scores that all get one value is the same as of none",
        f"masked alike are {_keys(scores)}",
    )


def _keys(scores: Var) -> str:
    return listed(dim_at(scores, len(scores.shape) - 1), "key")


def _of_samples(mask: Var, at: int, word: str) -> tuple[str, ...]:
    samples = listed(dim_at(mask, at), "sample")
    return (
        f"{word} i of every sample gets the mask of sample i, and no sample its own",
        f"the {word}s 0, 1, 2, 3 of each sample are masked as {samples} should be",
    )


def _given(trace: Trace, op: Op) -> Iterator[Finding]:
    query, mask = op.inputs()[0], _mask_of(op)
    if mask is None or len(query.shape) != 4:
        return
    if len(mask.shape) == 3 and is_batch(dim_at(mask, 0)):
        message = f"the mask {list(mask.shape)} has the batch where {list(query.shape)} has heads"
        yield finding_at(trace, op, CODE, message, _of_samples(mask, 0, "head"), (mask, 0))


def _mask_of(op: Op) -> Var | None:
    given = op.argument(3, "attn_mask")
    return given if isinstance(given, Var) else None


def _misplaced(trace: Trace, op: Op, scores: Var, mask: Var) -> Iterator[Finding]:
    for column in lined_up([scores, mask], len(scores.shape)):
        if len(column) == 2 and is_token(dim_at(*column[0])) and is_batch(dim_at(*column[1])):
            message = f"the batch of the mask {list(mask.shape)} lies along positions of {list(scores.shape)}"
            yield finding_at(trace, op, CODE, message, _of_samples(*column[1], "position"), column[1])
