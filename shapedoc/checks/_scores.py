"""Queries that meet keys: which calls scale what goes into a softmax, and by how much in all.

A scalar is found wherever it is multiplied in: into the queries, the keys, the scores, or given to a
fused kernel. Where the factor is not known, nothing is said of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from shapedoc.checks._calls import KERNEL, Calls
from shapedoc.checks._factors import FAR, ONE, Factor, alpha, factor_of, factor_since_layer, layer_behind
from shapedoc.checks._products import contracted
from shapedoc.checks._silent import is_state, named
from shapedoc.core.axes import Kind, Layout, Piece, pieces_of
from shapedoc.kernels.contracts import Contract
from shapedoc.trace.faults import contract_of_call
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import Op, Var

SUMS = frozenset("add sub masked_fill where clamp".split())  # of scores with a bias or a mask
SCALES = ("scale", "softmax_scale")
QUERIES, KEYS = ("query", "q", "qkv"), ("key", "k", "kv")


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


@dataclass(frozen=True)
class Product:
    """A call that multiplies queries with keys, and the dimensions of each that it sums over."""

    op: Op
    query: Var
    key: Var
    summed: list[int]
    key_summed: list[int]


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
    made = _behind(softmax.inputs()[0])
    return made[0].op if made else None


def _written_out(softmax: Op) -> Scores | None:
    """The scores that a softmax is of."""
    made = _behind(softmax.inputs()[0])
    if made is None:
        return None
    product, factor = made
    query, key = product.query, product.key
    if is_state(query) or is_state(key):
        return None
    inner = tuple((query.layout or ())[at] for at in product.summed)
    kept, key_kept = _without(query, product.summed), _without(key, product.key_summed)
    return Scores(product.op, inner, kept, key_kept, _joint(factor, query, key), _width(query))


def _without(var: Var, dims: list[int]) -> Layout:
    return tuple(dim for at, dim in enumerate(var.layout or ()) if at not in dims)


def _behind(var: Var, factor: Factor = ONE, far: int = FAR) -> tuple[Product, Factor] | None:
    """The product that scores were made by, with what multiplies it."""
    op = var.op
    if op is None or not far:
        return None
    product = _product(op)
    if product is not None:
        return product, factor.times(alpha(op))
    own = factor_of(op) or (ONE if canonical(op.name) in SUMS else None)
    if own is None:
        return None
    found = (_behind(operand, factor.times(own), far - 1) for operand in op.inputs())
    return next(filter(None, found), None)


def _product(op: Op) -> Product | None:
    if named(op, "baddbmm"):
        query, key = op.inputs()[1:3]
        return Product(op, query, key, [len(query.shape) - 1], [len(key.shape) - 2])
    if len(operands := contracted(op)) == 2:
        (query, summed), (key, key_summed) = operands
        return Product(op, query, key, summed, key_summed)
    bound = _arguments(op)
    given, other = _first(bound, QUERIES), _first(bound, KEYS)
    if given is None or other is None or any(name in bound for name in SCALES):
        return None
    return Product(op, given, other, [len(given.shape) - 1], [len(other.shape) - 1])


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


def _joint(factor: Factor, query: Var, key: Var | None) -> Factor | None:
    """With what the queries and the keys were multiplied by before they met."""
    for operand in filter(None, (query, key)):
        own = factor_since_layer(operand)
        if own is None:
            return None
        factor = factor.times(own)
    return factor


def _width(query: Var) -> int:
    """The features that a layer was given which made queries, 0 where none did."""
    layer = layer_behind(query)
    if layer is None or not named(layer, "linear", "conv1d", "conv2d"):
        return 0
    return layer.inputs()[0].shape[-1 if named(layer, "linear") else 1]
