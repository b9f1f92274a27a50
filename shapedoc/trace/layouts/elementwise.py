"""Calls that keep every element in its place: arithmetic, activations, normalisation, copies."""

from __future__ import annotations

from typing import Any

from shapedoc.core.axes import Dim, Kind, Layout, size_of
from shapedoc.core.meetings import in_other_order, root
from shapedoc.trace.layouts import Unknown, layout, new_axis, rule
from shapedoc.trace.recorder import Op, Var


@rule("elementwise", "where", "clamp", "masked_fill", "lerp", "addcmul", "addcdiv", "prelu")
def elementwise(op: Op, *args: Any, **kwargs: Any) -> Layout:
    """Axes in the same place, counted from the right, are the same."""
    return broadcast(op, op.inputs())


@rule(
    *"""softmax log_softmax softmin gumbel_softmax layer_norm rms_norm batch_norm group_norm instance_norm
    normalize local_response_norm dropout dropout1d dropout2d dropout3d alpha_dropout
    feature_alpha_dropout gelu relu relu6 silu mish elu selu celu leaky_relu hardswish hardsigmoid
    hardtanh softplus softsign tanhshrink hardshrink softshrink threshold logsigmoid rrelu sigmoid
    tanh to float double half bfloat16 int long short bool type type_as clone contiguous detach data
    real imag cumsum cumprod logcumsumexp flip roll triu tril scatter scatter_add index_add index_copy
    index_fill index_put masked_scatter copy zero fill uniform normal setitem requires_grad nan_to_num
    zeros_like ones_like full_like rand_like randn_like empty_like bernoulli alias positive erfinv
    renorm cummax argsort""".split()
)
def same(op: Op, *args: Any, **kwargs: Any) -> list[Layout]:
    """The layout of the first operand."""
    first = layout(op.inputs()[0])
    return [first, first]


def broadcast(op: Op, operands: list[Var]) -> Layout:
    """One layout for operands of different ranks: data before parameters, named before unnamed."""
    if not operands:
        raise Unknown
    return united(op, [(var.op is not None, layout(var)) for var in operands])


def united(op: Op, layouts: list[tuple[bool, Layout]]) -> Layout:
    """One layout of several, each with whether it is of data, counted from the right."""
    every = [dims for _, dims in layouts]
    if every.count(every[0]) == len(every):
        return every[0]
    rank = max(map(len, every))
    columns = [[(data, dims[at]) for data, dims in layouts if at >= -len(dims)] for at in range(-rank, 0)]
    return tuple([_dimension(op, column) for column in columns])


def _dimension(op: Op, found: list[tuple[bool, Dim]]) -> Dim:
    dims = [dim for _, dim in found]
    if dims.count(dims[0]) == len(dims):
        return dims[0]
    fitting = [one for one in found if size_of(one[1]) != 1] or found
    if len(fitting) == 1:
        return fitting[0][1]
    best = max(fitting, key=_known)[1]
    return agreed(op, [best, *[dim for _, dim in fitting]])


def _known(found: tuple[bool, Dim]) -> tuple[bool, bool, bool]:
    data, dim = found
    return data, *known_of(dim)


def known_of(dim: Dim) -> tuple[bool, bool]:
    """Whether it is known what a dimension counts, and its name; of copies made to fit neither says much."""
    kinds = [root(piece.axis).kind for piece in dim]
    return kinds.count(Kind.UNKNOWN) < len(kinds), any(piece.name for piece in dim)


def agreed(op: Op, dims: list[Dim]) -> Dim:
    """The first of dimensions that meet; of those merged in different orders nothing is known afterwards."""
    paired_wrongly = any(in_other_order(dims[0], dim) for dim in dims)
    return new_axis(size_of(dims[0]), op) if paired_wrongly else dims[0]
