"""Calls that contract axes: linear, matmul, einsum, convolution, embedding, attention.

What comes out of a weight is a new axis, also where it has the size of the one that went in.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shapedoc.core.axes import Axis, Dim, Kind, Layout, dim_of, name_of, size_of, twin
from shapedoc.core.meetings import root
from shapedoc.trace.layouts import Unknown, flat, layout, new_axis, output_shape, rule
from shapedoc.trace.layouts.elementwise import united
from shapedoc.trace.recorder import Op, Var


@rule("linear")
def linear(op: Op, input: Var, weight: Var, bias: Any = None) -> Layout:
    """x[... i], weight[o i] -> [... o]"""
    return (*layout(input)[:-1], new_axis(output_shape(op)[-1], op, kind=Kind.FEATURE))


@rule("bilinear")
def bilinear(op: Op, input1: Var, input2: Var, weight: Var, bias: Any = None) -> Layout:
    """x[... i], y[... j], weight[o i j] -> [... o]"""
    return linear(op, input1, weight)


@rule("embedding")
def embedding(op: Op, input: Var, weight: Var, *args: Any, **kwargs: Any) -> Layout:
    """ids[...], weight[n d] -> [... d]"""
    return (*layout(input), new_axis(weight.shape[-1], op, kind=Kind.FEATURE))


@rule("matmul", "mm", "bmm", "mv", "dot")
def matmul(op: Op, a: Var, b: Var, **kwargs: Any) -> Layout:
    """a[... n k], b[... k m] -> [... n m], with numpy's rules for vectors."""
    left, right = layout(a), layout(b)
    rows = left[-2:-1] if len(left) > 1 else ()
    columns = right[-1:] if len(right) > 1 else ()
    if _is_weight(b) and columns:
        columns = (new_axis(size_of(columns[0]), op, kind=Kind.FEATURE),)
    if columns and columns == rows:
        columns = (twin(columns[0], op.index),)
    batch = [(a.op is not None, left[:-2]), (b.op is not None, right[:-2])]
    return (*united(op, batch), *rows, *columns)


def _is_weight(var: Var) -> bool:
    return var.op is None and bool(var.name)


@rule("addmm", "baddbmm", "addbmm", "addmv")
def addmm(op: Op, *args: Any, **kwargs: Any) -> Layout:
    """bias + a @ b"""
    return matmul(op, *op.inputs()[-2:])


@rule("outer", "ger")
def outer(op: Op, a: Var, b: Var) -> Layout:
    """a[n], b[m] -> [n m]"""
    return (*layout(a), *layout(b))


@rule("einsum")
def einsum(op: Op, equation: Any, *operands: Any) -> Layout:
    """Letters are axes: an output dimension is the first operand's of that letter."""
    if not isinstance(equation, str):
        raise Unknown
    inputs, _, output = equation.replace(" ", "").partition("->")
    if not output or "..." in equation:
        raise Unknown
    known: dict[str, Dim] = {}
    for letters, var in zip(inputs.split(","), flat(operands), strict=True):
        for letter, dim in zip(letters, layout(var), strict=True):
            if letter not in known or size_of(known[letter]) == 1 or (_is_better(dim, known[letter], var)):
                known[letter] = dim
    return apart([known[letter] for letter in output], op)


def apart(dims: Sequence[Dim], op: Op) -> Layout:
    """Dimensions of which none is there twice: the second time it is a twin."""
    return tuple(
        twin(dim, op.index) if dim and dim in dims[:index] else dim for index, dim in enumerate(dims)
    )


def _is_better(dim: Dim, known: Dim, var: Var) -> bool:
    return bool(name_of(dim)) and not name_of(known) and not _is_weight(var)


@rule("conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def convolution(op: Op, input: Var, weight: Var, *args: Any, **kwargs: Any) -> Layout:
    """New channels, but where each is made of the one in its place; positions stay where the size stays."""
    batched = len(input.shape) == len(weight.shape)
    at = 1 if batched else 0
    old, new = layout(input), output_shape(op)
    apart = old[at] and weight.shape[1] == 1 and weight.shape[0] == new[at] == input.shape[at]
    channels = old[at] if apart else new_axis(new[at], op, name_of(old[at]), Kind.FEATURE)
    spatial = [resized(dim, size, op) for dim, size in zip(old[at + 1 :], new[at + 1 :], strict=True)]
    return (*old[:at], channels, *spatial)


@rule(
    *"""max_pool1d max_pool2d max_pool3d avg_pool1d avg_pool2d avg_pool3d lp_pool1d lp_pool2d
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d
    adaptive_max_pool2d adaptive_max_pool3d interpolate upsample pad boolean_dispatch
    max_pool2d_with_indices narrow max_pool1d_with_indices max_pool3d_with_indices pixel_shuffle
    pixel_unshuffle grid_sample""".split()
)
def resize(op: Op, input: Var, *args: Any, **kwargs: Any) -> Layout:
    """Dimensions keep their place, some with another size."""
    return tuple(resized(dim, size, op) for dim, size in zip(layout(input), output_shape(op), strict=True))


def resized(dim: Dim, size: int, op: Op) -> Dim:
    """The same dimension where its size stays, else one of the same name made from it here."""
    if size_of(dim) == size:
        return dim
    roots = {root(piece.axis) for piece in dim}  # a window and the places in it are of one axis still
    parent = dim[0].axis if len(dim) == 1 else roots.pop() if len(roots) == 1 else None
    name = name_of(dim)
    kind = parent.kind if parent else Kind.UNKNOWN
    return dim_of(Axis(size, "" if name.startswith("(") else name, kind, op.index, parent))


@rule("scaled_dot_product_attention")
def attention(op: Op, query: Var, key: Var, value: Var, *args: Any, **kwargs: Any) -> Layout:
    """q[... h s d], v[... h t e] -> [... h s e]"""
    return (*layout(query)[:-1], layout(value)[-1])


@rule("multi_head_attention_forward")
def multi_head(op: Op, query: Var, *args: Any, **kwargs: Any) -> list[Layout | None]:
    """query[s b e] -> [s b e'], with new features."""
    return [(*layout(query)[:-1], new_axis(output_shape(op)[-1], op, kind=Kind.FEATURE)), None]


@rule("lstm", "gru", "rnn_tanh", "rnn_relu")
def recurrent(op: Op, input: Var, *args: Any, **kwargs: Any) -> list[Layout | None]:
    """Positions stay, features are new."""
    return [(*layout(input)[:-1], new_axis(output_shape(op)[-1], op, kind=Kind.FEATURE)), None]


@rule("gru_cell", "lstm_cell", "rnn_tanh_cell", "rnn_relu_cell")
def cell(op: Op, input: Var, state: Any, *args: Any) -> list[Layout]:
    """input[b i], state[b h] -> [b h]"""
    hidden = state if isinstance(state, Var) else state[0]
    rows = (*layout(input)[:-1], layout(hidden)[-1])
    return [rows, rows]
