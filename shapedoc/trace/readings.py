"""The other reading of inputs whose axes were named by a guess: time first, then the batch.

Token ids of [35, 20] are taken for 35 samples. A model whose layers all take time first is right all the
same, and what is found in it then says no more than that the guess was wrong.
"""

from __future__ import annotations

from dataclasses import replace

from shapedoc.core.axes import Axis, Dim, Kind, dim_of, size_of
from shapedoc.core.report import Finding, Input, Size
from shapedoc.trace.execution import Run
from shapedoc.trace.layouts import canonical

GUESSED = ("b", "t")
TIME_FIRST = (
    "lstm", "gru", "rnn_tanh", "rnn_relu", "multi_head_attention_forward", "getitem", "select", "add",
    "einsum", "matmul", "bmm", "scaled_dot_product_attention",
)  # fmt: skip
KINDS = {"b": Kind.BATCH, "t": Kind.TOKEN}


def may_be_turned(run: Run, found: tuple[Finding, ...]) -> bool:
    """Whether a call that takes time first was given what no more than a guess calls samples first."""
    items = run.plan.items if run.plan else ()
    guessed = {item.name for item in items if item.guessed}
    named = any(given.value.name in guessed and _names(given) == GUESSED for given in run.inputs)
    mixing = (finding.step for finding in found if finding.code == "SD203" and finding.step is not None)
    return named and any(canonical(run.trace.ops[step].name) in TIME_FIRST for step in mixing)


def turned(run: Run) -> None:
    """Read the inputs of a run the other way round: samples for positions, positions for samples."""
    axes: dict[Axis, Axis] = {}
    for leaf, given in zip(run.trace.leaves, run.inputs, strict=False):
        if set(_names(given)) == set(GUESSED) and leaf.layout is not None:
            pairs = zip(leaf.layout[:2], reversed(_names(given)), strict=True)
            dims = [dim_of(axes.setdefault(dim[0].axis, _axis(dim, name))) for dim, name in pairs]
            leaf.layout = (*dims, *leaf.layout[2:])
    for leaf in run.trace.leaves[: len(run.inputs)]:
        leaf.layout = tuple(dim_of(axes.get(dim[0].axis, dim[0].axis)) for dim in leaf.layout or ())
    for op in run.trace.ops:
        op.torn = ()
    run.inputs = tuple(map(_turned, run.inputs))


def _axis(dim: Dim, name: str) -> Axis:
    return Axis(size_of(dim), name, KINDS[name])


def _names(given: Input) -> tuple[str, ...]:
    return tuple(dim.name for dim in given.value.dims[:2])


def _turned(given: Input) -> Input:
    if set(_names(given)) != set(GUESSED):
        return given
    sizes, rest = given.value.dims[:2], given.value.dims[2:]
    dims = tuple(Size(dim.size, name) for dim, name in zip(sizes, reversed(_names(given)), strict=True))
    value = replace(given.value, dims=(*dims, *rest))
    return replace(given, value=value, spec=f"{value.name}={' '.join(map(str, value.dims))}")
