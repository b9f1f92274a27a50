"""Which dimensions of its operands a call pairs, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from shapedoc.checks._calls import ELEMENTWISE, Calls
from shapedoc.checks._products import EINSUM, contracted, letters_of
from shapedoc.checks._silent import dim_at, is_elementwise, is_state, lined_up, named
from shapedoc.core.axes import Dim
from shapedoc.trace.layouts import canonical, position
from shapedoc.trace.recorder import Op, Var

Place = tuple[Var, int]
Pair = tuple[Place, Place]
Pairs = list[Pair]

ENTRYWISE = frozenset(
    """mse_loss l1_loss smooth_l1_loss huber_loss binary_cross_entropy binary_cross_entropy_with_logits kl_div
    poisson_nll_loss gaussian_nll_loss soft_margin_loss cosine_similarity cosine_embedding_loss
    pairwise_distance""".split()
)
OF_CLASSES = ("cross_entropy", "nll_loss", "multi_margin_loss")  # input[N C ...], target[N ...]
IN_BATCHES = ("matmul", "bmm")
CONVOLUTIONS = ("conv1d", "conv2d", "conv3d")
CELLS = ("gru_cell", "lstm_cell", "rnn_tanh_cell", "rnn_relu_cell")


def meetings_in(calls: Calls) -> Iterator[tuple[Op, Pairs]]:
    """Every call that pairs dimensions of which not all are the same ones."""
    for op in calls.of(ELEMENTWISE, *COLUMNS):
        pairs = pairs_of(op)
        if any(_differ(*pair) for pair in reversed(pairs)):  # features do more often than what stands before
            yield op, pairs


def _differ(first: Place, second: Place) -> bool:
    """Whether two dimensions, neither of a single entry, are not the same one."""
    (one, at), (other, index) = first, second
    return one.shape[at] != 1 != other.shape[index] and dim_at(*first) != dim_at(*second)


def pairs_of(op: Op) -> Pairs:
    """The pairs of the first two operands that have tensors; none for a call that pairs nothing."""
    if not isinstance(op.outputs, Var):
        return []
    columns = COLUMNS.get(canonical(op.name))
    if columns is not None:
        return _of(columns(op))
    if not is_elementwise(op):
        return []
    operands = [var for var in op.inputs() if var.shape]
    if len(operands) == 2:
        return _from_the_right(*operands)
    return _of(lined_up(operands, len(op.outputs.shape)))


def _of(columns: Iterable[list[Place]]) -> Pairs:
    return [(column[0], column[1]) for column in columns if len(column) > 1]


def _from_the_right(first: Var, second: Var) -> Pairs:
    """The dimensions of two operands that a broadcast lines up."""
    missing = len(second.shape) - len(first.shape)
    return [((first, at), (second, at + missing)) for at in range(max(0, -missing), len(first.shape))]


def _products(op: Op) -> list[list[Place]]:
    """What stays apart in both, and what is summed over."""
    summed = [(var, dims[0]) for var, dims in contracted(op)]
    ranks = [len(var.shape) for var in op.inputs()[:2]]
    apart = lined_up(op.inputs()[:2], max(ranks)) if min(ranks) > 2 else ()
    return [*list(apart)[:-2], summed]


def _attention(op: Op) -> list[list[Place]]:
    return _in_front(op, len(op.inputs()[0].shape) - 2)


def _in_groups(op: Op) -> list[list[Place]]:
    """Channels and the kernels for them, where each has its own, made from data."""
    x, kernels = op.inputs()[:2]
    at = len(x.shape) - len(kernels.shape) + 1
    is_made = not is_state(kernels) and kernels.shape[:2] == (x.shape[at], 1)
    return [[(x, at), (kernels, 0)]] if is_made else []


def _cell(op: Op) -> list[list[Place]]:
    return _in_front(op, 1)


def _in_front(op: Op, count: int) -> list[list[Place]]:
    """The first dimensions of the first two operands."""
    operands = op.inputs()[:2]
    return [[(var, at) for var in operands] for at in range(min([count, *[len(v.shape) for v in operands]]))]


def _sampled(op: Op) -> list[list[Place]]:
    """The images, and the places that are looked up in each."""
    return _in_front(op, 1)


def _masked(op: Op) -> list[list[Place]]:
    """The first dimensions, where a mask says which of their entries are taken."""
    x, mask = op.args
    masked = isinstance(mask, Var) and str(mask.dtype) == "torch.bool"
    return [[(x, at), (mask, at)] for at in range(len(mask.shape))] if masked else []


def _compared(op: Op) -> list[list[Place]]:
    """What a loss compares: all dimensions, or all but the classes where targets are numbers of them."""
    operands = op.inputs()[:2]
    ranks = [len(var.shape) for var in operands]
    if len(ranks) < 2 or named(op, *ENTRYWISE) or ranks[0] == ranks[1]:
        return list(lined_up(operands, max(ranks)))
    classes, numbers = operands
    return [[(classes, at + 1 if at else 0), (numbers, at)] for at in range(ranks[1])]


def _beside(op: Op) -> list[list[Place]]:
    """All dimensions of joined tensors but the one along which they are joined."""
    rank = len(op.outputs.shape)
    joined = position(op.argument(1, "dim", op.kwargs.get("axis", 0)), rank)
    full = [var for var in op.inputs() if len(var.shape) == rank]
    return [[(var, at) for var in full] for at in range(rank) if at != joined]


def _letters(op: Op) -> list[list[Place]]:
    """Dimensions of one letter in the first two operands."""
    names, _ = letters_of(op)
    if len(names) != 2:
        return []
    first, second = names
    return [
        [(var, axes.index(letter)) for var, axes in (first, second)]
        for letter in dict.fromkeys(first[1])
        if letter in second[1]
    ]


COLUMNS: dict[str, Callable[[Op], list[list[Place]]]] = {
    **dict.fromkeys((*ENTRYWISE, *OF_CLASSES), _compared),
    "cat": _beside,
    **dict.fromkeys(IN_BATCHES, _products),
    "scaled_dot_product_attention": _attention,
    **dict.fromkeys(CELLS, _cell),
    **dict.fromkeys(EINSUM, _letters),
    "getitem": _masked,
    "grid_sample": _sampled,
    **dict.fromkeys(CONVOLUTIONS, _in_groups),
}
"""The dimensions that a call pairs, by its name; what is elementwise lines them up from the right."""


def dims_of(pairs: Pairs) -> tuple[list[Dim], list[Dim]]:
    """The paired dimensions of the one operand, and of the other."""
    return [dim_at(*one) for one, _ in pairs], [dim_at(*other) for _, other in pairs]
