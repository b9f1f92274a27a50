"""Which dimensions of its operands a product sums over, and whether they are weights of an attention."""

from __future__ import annotations

from shapedoc.checks._silent import is_state, named
from shapedoc.core.axes import Layout
from shapedoc.trace.layouts import canonical, flat
from shapedoc.trace.recorder import Op, Var

MATMUL = ("matmul", "bmm", "mm")
EINSUM = ("einsum", "einops.einsum")
PRODUCTS = (*MATMUL, "linear", *EINSUM)

Contracted = list[tuple[Var, list[int]]]
Lettered = list[tuple[Var, list[str]]]

PASSING = frozenset(
    """dropout to float half bfloat16 type type_as contiguous masked_fill nan_to_num clone detach
    transpose permute unsqueeze squeeze view reshape expand einops.rearrange""".split()
)


def contracted(op: Op) -> Contracted:
    """The operands of a product, each with its dimensions that are summed over; empty for any other call."""
    if named(op, *MATMUL):
        return _matmul(op)
    if named(op, "linear"):
        return [(var, [len(var.shape) - 1]) for var in op.inputs()[:2]]
    if named(op, *EINSUM):
        names, kept = letters_of(op)
        return [
            (var, [index for index, letter in enumerate(axes) if letter not in kept]) for var, axes in names
        ]
    return []


def _matmul(op: Op) -> Contracted:
    left, right = op.inputs()[:2]
    if op.name == "__rmatmul__":
        left, right = right, left
    if not left.shape or not right.shape:
        return []
    return [(left, [len(left.shape) - 1]), (right, [max(len(right.shape) - 2, 0)])]


def letters_of(op: Op) -> tuple[Lettered, list[str]]:
    """The operands of an einsum with the letters of their dimensions, and the letters of its result."""
    named_axes = op.name == "einops.einsum"
    equation, operands = (op.args[-1], op.args[:-1]) if named_axes else (op.args[0], flat(op.args[1:]))
    if not isinstance(equation, str) or "->" not in equation or "..." in equation:
        return [], []
    inputs, _, output = equation.partition("->")
    letters = [side.split() if named_axes else list(side.replace(" ", "")) for side in inputs.split(",")]
    kept = output.split() if named_axes else list(output.replace(" ", ""))
    return (list(zip(operands, letters, strict=True)), kept) if len(operands) == len(letters) else ([], [])


def softmax_of(var: Var, summed: Layout = ()) -> Op | None:
    """The softmax that made these weights, unless something changed them since, or normed what is summed."""
    op = var.op
    while op is not None and (canonical(op.name) in PASSING or _mixes_heads(op, summed)):
        op = op.inputs()[0].op if op.inputs() else None
    return op if op is not None and named(op, "softmax") else None


def _mixes_heads(op: Op, summed: Layout) -> bool:
    """Whether what was learned mixes or norms the heads of weights, and leaves what is summed alone.

    As in the re-attention of DeepViT (https://arxiv.org/abs/2103.11886).
    """
    learned = [var for var in op.inputs()[1:] if is_state(var)]
    if not learned or not summed or not isinstance(op.outputs, Var):
        return False
    normed = (op.outputs.layout or ())[-len(learned[0].shape) :]
    return named(op, *EINSUM) or (named(op, "layer_norm") and set(summed).isdisjoint(normed))
