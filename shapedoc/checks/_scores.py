"""Queries that meet keys: which calls scale what goes into a softmax, and by how much in all.

A scalar is found wherever it is multiplied in: into the queries, the keys, the scores, or given to a
fused kernel. What is not a plain number on that way (a learned temperature, a cap, a norm) makes the
factor unknown, and nothing is said of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch

from shapedoc.checks._calls import KERNEL, Calls
from shapedoc.checks._products import contracted
from shapedoc.checks._silent import is_state, named
from shapedoc.core.axes import Kind, Layout, Piece, pieces_of
from shapedoc.kernels.contracts import Contract
from shapedoc.trace.faults import contract_of_call
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import TAG, Op, Var

VIEWS = frozenset(
    """view reshape transpose permute unsqueeze squeeze expand contiguous flatten unflatten t swapaxes
    swapdims movedim T mT float half bfloat16 to type type_as getitem chunk split unbind repeat
    repeat_interleave select narrow clone detach dropout einops.rearrange einops.repeat""".split()
)
SUMS = frozenset("add sub masked_fill where clamp".split())  # of scores with a bias or a mask
NORMS = frozenset("normalize norm rsqrt".split())
PRODUCTS = {"mul": 1, "multiply": 1, "div": -1, "divide": -1}
REFLECTED = ("rtruediv", "rdiv", "reciprocal")  # a number divided by a tensor
SCALES = ("scale", "softmax_scale")
QUERIES, KEYS = ("query", "q", "qkv"), ("key", "k", "kv")
FAR = 40  # calls followed back


@dataclass(frozen=True)
class Factor:
    """A number that multiplies something, and the calls that brought it in."""

    value: float = 1.0
    calls: tuple[Op, ...] = ()

    def times(self, other: Factor) -> Factor:
        return Factor(self.value * other.value, self.calls + other.calls)


@dataclass(frozen=True)
class Scores:
    """One product of queries and keys: the query's dimensions it sums over, and those of both it keeps.

    `factor` is what multiplies it before the softmax, where that is known; `width` are the features that
    the queries were projected from.
    """

    op: Op
    summed: Layout
    kept: Layout
    key_kept: Layout
    factor: Factor | None
    width: int = 0

    @property
    def head_dim(self) -> int:
        return math.prod(piece.size for piece in pieces_of(self.summed))

    @property
    def heads(self) -> tuple[Piece, ...]:
        """The parts of the query's dimensions that count heads."""
        return counting_heads(self.kept)

    @property
    def num_heads(self) -> int:
        return math.prod(piece.size for piece in self.heads)

    @property
    def tokens(self) -> tuple[int, ...]:
        return tuple(piece.size for piece in pieces_of(self.kept) if piece.axis.kind is Kind.TOKEN)


def counting_heads(layout: Layout) -> tuple[Piece, ...]:
    """The parts of dimensions which are not summed over that are cut from features, or called heads."""
    return tuple(
        piece
        for piece in pieces_of(layout)
        if piece.size > 1 and (piece.axis.kind in (Kind.FEATURE, Kind.HEAD) or piece.name == "heads")
    )


def scores_in(calls: Calls) -> Iterator[Scores]:
    """Every attention of a run, written out or fused."""
    for op in calls.of("softmax", "scaled_dot_product_attention", KERNEL):
        if op.outputs:
            found = _written_out(op) if named(op, "softmax") else _fused(op)
            yield from [found] if found else []


def _fused(op: Op) -> Scores | None:
    """A kernel that takes queries, keys and a scale."""
    bound = _arguments(op)
    query, key = _first(bound, QUERIES), _first(bound, KEYS)
    if query is None or len(query.shape) < 3 or not any(name in bound for name in SCALES):
        return None
    given = next((bound[name] for name in SCALES if bound.get(name) is not None), None)
    own = Factor(query.shape[-1] ** -0.5) if given is None else Factor(given, (op,))
    known = isinstance(own.value, (int, float))
    layout = query.layout or ()
    others = (key.layout or ())[:-1] if key is not None else ()
    factor = _joint(own, query, key) if known else None
    return Scores(op, layout[-1:], layout[:-1], others, factor, _width(query))


def product_behind(softmax: Op) -> Op | None:
    """The product of queries and keys that a softmax is of."""
    made = _product(softmax.inputs()[0], Factor(), FAR)
    return made[0] if made else None


def _written_out(softmax: Op) -> Scores | None:
    """The product that a softmax is of."""
    made = _product(softmax.inputs()[0], Factor(), FAR)
    if made is None:
        return None
    op, factor = made
    query, key, summed, key_summed = _met(op)
    if is_state(query) or is_state(key):
        return None
    kept, key_kept = _without(query, summed), _without(key, key_summed)
    inner = tuple((query.layout or ())[at] for at in summed)
    return Scores(op, inner, kept, key_kept, _joint(factor, query, key), _width(query))


def _without(var: Var, dims: list[int]) -> Layout:
    return tuple(dim for at, dim in enumerate(var.layout or ()) if at not in dims)


def _met(op: Op) -> Any:
    """Queries, keys, and the dimensions of each that are summed over; nothing for any other call."""
    if named(op, "baddbmm"):
        query, key = op.inputs()[1:3]
        return query, key, [len(query.shape) - 1], [len(key.shape) - 2]
    if len(operands := contracted(op)) == 2:
        (query, summed), (key, key_summed) = operands
        return query, key, summed, key_summed
    bound = _arguments(op)
    kernel_query, kernel_key = _first(bound, QUERIES), _first(bound, KEYS)
    if kernel_query is not None and kernel_key is not None and not any(name in bound for name in SCALES):
        return kernel_query, kernel_key, [len(kernel_query.shape) - 1], [len(kernel_key.shape) - 1]
    return ()


def _arguments(op: Op) -> dict[str, Any]:
    """The arguments of a call that has a contract, by their names."""
    contract = contract_of_call(op)
    if contract is None or not _attends(contract):
        return {}
    bound = contract.parameters.signature.bind(*op.args, **op.kwargs)
    bound.apply_defaults()
    return bound.arguments


@cache
def _attends(contract: Contract) -> bool:
    """Whether what a contract is of takes queries or keys."""
    return not {*QUERIES, *KEYS}.isdisjoint(contract.parameters.names)


def _first(bound: dict[str, Any], names: tuple[str, ...]) -> Var | None:
    return next((bound[name] for name in names if isinstance(bound.get(name), Var)), None)


def _product(var: Var, factor: Factor, far: int) -> tuple[Op, Factor] | None:
    """The product that scores were made by, with what multiplies it."""
    op = var.op
    if op is None or not far:
        return None
    if _met(op):
        return op, factor.times(_alpha(op))
    scaled = _scalar(op)
    if scaled is None and canonical(op.name) not in VIEWS | SUMS:
        return None
    found = (_product(operand, factor.times(scaled or Factor()), far - 1) for operand in op.inputs())
    return next(filter(None, found), None)


def _joint(factor: Factor, query: Var, key: Var | None) -> Factor | None:
    """With what the queries and the keys were multiplied by before they met."""
    for operand in filter(None, (query, key)):
        own = _operand(operand)
        if own is None:
            return None
        factor = factor.times(own)
    return factor


def _operand(var: Var) -> Factor | None:
    """What queries or keys were multiplied by since a layer made them."""
    factor = Factor()
    for _ in range(FAR):
        op = var.op
        scaled = _scalar(op) if op else None
        if op is None or scaled is None and canonical(op.name) not in VIEWS:
            return None if op and (canonical(op.name) in NORMS or _by_one_value(op)) else factor
        factor = factor.times(scaled or Factor())
        var = op.inputs()[0]
    return None


def _width(var: Var) -> int:
    """The features that a layer was given which made queries, 0 where none did."""
    for _ in range(FAR):
        op = var.op
        if op is None or _scalar(op) is None and canonical(op.name) not in VIEWS:
            break
        var = op.inputs()[0]
    if var.op is None or not named(var.op, "linear", "conv1d", "conv2d"):
        return 0
    given = var.op.inputs()[0]
    return given.shape[-1 if named(var.op, "linear") else 1]


def _scalar(op: Op) -> Factor | None:
    """The number that a call multiplies or divides a tensor by."""
    power = PRODUCTS.get(canonical(op.name), 0)
    if not power or op.name.strip("_") in REFLECTED or len(op.args) != 2:
        return None
    number = next((arg for arg in op.args if isinstance(arg, (int, float))), None) or _held(op, op.args[1])
    return Factor(float(number) ** power, (op,)) if number else None


def _held(op: Op, var: Any) -> float | None:
    """The number in a tensor of one value that a module holds and does not learn."""
    owner = op.module.module if op.module else None
    if owner is None or not isinstance(var, Var) or var.op is not None or math.prod(var.shape) != 1:
        return None
    held = (*vars(owner).values(), *owner.buffers(recurse=False))
    found = (value for value in held if isinstance(value, torch.Tensor) and value.__dict__.get(TAG) is var)
    return next((float(value) for value in found if not value.is_meta), None)


def _alpha(op: Op) -> Factor:
    """What a fused product multiplies itself by."""
    alpha = op.kwargs.get("alpha", 1.0) if named(op, "baddbmm") else 1.0
    return Factor(float(alpha), (op,)) if alpha != 1.0 else Factor()


def _by_one_value(op: Op) -> bool:
    """Whether a tensor is multiplied by a single value that only the run knows."""
    return canonical(op.name) in PRODUCTS and any(math.prod(var.shape) == 1 for var in op.inputs())
