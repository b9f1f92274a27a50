"""Mutants that are no bug: with some weights in another order the model gives the same values again.

A pattern that splits the features of a projection as `(d h)` where it said `(h d)` gives other values from the
same weights, and yet nothing is wrong: training would have found the weights in that order. A mutant counts as
learnable when that is *shown*: the order in which its calls move elements differs from the right one along whole
axes, weights on the way to them or from them are put in that order, and then the outputs are those of the
unmutated model.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import torch
from torch.utils._pytree import tree_leaves

from shapedoc.trace.attempts import Case, planned
from shapedoc.trace.layouts import follow
from shapedoc.trace.recorder import Trace, variables

from ..models import Entry
from . import _numbers
from ._numbers import Numbers, Sizes
from ._orders import Moved, along, moves_on
from ._turned import Meeting, meetings_of, turned_between, undone
from ._weights import Weight, Weights

Order = tuple[Weight, np.ndarray]


def moved(entry: Entry, sizes: Sizes, file: str, line: int) -> list[Moved]:
    """How the calls on a line of the package move elements."""
    return [found for _, found in moves_on(_traced(entry, sizes), file, line)]


def is_learnable(
    entry: Entry, sizes: Sizes, place: tuple[str, int], right: list[Moved], numbers: Numbers
) -> bool:
    """Whether the mutated package gives the numbers of the right one with some weights in another order."""
    trace = _traced(entry, sizes)
    for side, turned in product((_before, _after, _around), (False, True)):
        orders = list(_orders(trace, place, right, side))
        if orders and _same(entry, sizes, [(w, np.argsort(o) if turned else o) for w, o in orders], numbers):
            return True
    return False


def faced(entry: Entry, sizes: Sizes) -> list[Meeting]:
    """What the kernels and tables of a package meet."""
    args, kwargs = _numbers.inputs_of(entry, sizes)
    return meetings_of(_traced(entry, sizes), len(tree_leaves((args, kwargs))))


def is_turned_back(entry: Entry, sizes: Sizes, right: list[Meeting], numbers: Numbers) -> bool:
    """Whether the mutated package gives the numbers of the right one with kernels and tables turned over."""
    names = turned_between(right, faced(entry, sizes))
    model = _numbers.built(entry)
    if not undone(_state(model), names):
        return False
    found = _numbers.run(model, entry, sizes)
    return _numbers.same_shapes(numbers, found) and _numbers.same_values(numbers, found)


def is_of_sizes(entry: Entry, sizes: Sizes, file: str, line: int) -> bool:
    """Whether what a line arranges is made of sizes and weights alone, as tables of positions are.

    Rows and columns of such a table count the same positions; which is which, only its use can tell.
    """
    trace = _traced(entry, sizes)
    data = {leaf for leaf in trace.leaves if leaf.origin is None}
    for op in trace.ops:
        if data.intersection(op.inputs()):
            data.update(variables(op.outputs))
    here = [op for op, _ in moves_on(trace, file, line)]
    if not here:  # a constructor has no data, but for what it gives a layer
        layers = [call.made.line() for call in trace.modules if call.made]
        made = any(path.endswith(file) and at == line for path, at in layers)
        return not made and not _numbers.passes_by(entry, sizes, file, line)
    return not any(data.intersection(op.inputs()) for op in here)


def _traced(entry: Entry, sizes: Sizes) -> Trace:
    _numbers.quiet_and_reproducible()
    args, kwargs = _numbers.inputs_of(entry, sizes)
    trace = Case(entry.build, planned(args, kwargs)).attempt().trace
    follow(trace)
    return trace


def _orders(trace: Trace, place: tuple[str, int], right: list[Moved], side: Any) -> Iterator[Order]:
    moves = moves_on(trace, *place)
    if len(moves) != len(right):
        return
    weights = Weights(trace)
    seen: set[Weight] = set()
    for (op, (shape, mutated)), (known, wanted) in zip(moves, right, strict=True):
        if shape != known:
            return
        for weight, order in side(weights, op, shape, wanted, mutated):
            if weight not in seen:
                seen.add(weight)
                yield weight, order


def _before(
    weights: Weights, op: Any, shape: Any, wanted: np.ndarray, mutated: np.ndarray
) -> Iterator[Order]:
    for axis, order in (along(wanted, mutated, shape) or {}).items():
        yield from ((weight, order) for weight in weights.before(op.args[0], axis))


def _around(
    weights: Weights, op: Any, shape: Any, wanted: np.ndarray, mutated: np.ndarray
) -> Iterator[Order]:
    """Where what a call moves goes elsewhere as well, into weights that must then follow."""
    for axis, order in (along(wanted, mutated, shape) or {}).items():
        x = op.args[0]
        yield from ((weight, order) for weight in (*weights.before(x, axis), *weights.after(x, axis)))


def _after(weights: Weights, op: Any, shape: Any, wanted: np.ndarray, mutated: np.ndarray) -> Iterator[Order]:
    known = np.sort(wanted.ravel())
    if wanted.shape != mutated.shape or len(np.unique(known)) != known.size:
        return
    if (known != np.sort(mutated.ravel())).any():
        return
    slots = np.argsort(wanted.ravel())[np.searchsorted(known, mutated.ravel())].reshape(wanted.shape)
    for axis, order in (along(np.arange(slots.size).reshape(slots.shape), slots, slots.shape) or {}).items():
        yield from ((weight, order) for weight in weights.after(op.outputs, axis))


def _same(entry: Entry, sizes: Sizes, orders: list[Order], numbers: Numbers) -> bool:
    model = _numbers.built(entry)
    state = _state(model)
    for weight, order in orders:
        if weight.name not in state or not _reorder(state[weight.name], weight, order):
            return False
    try:
        found = _numbers.run(model, entry, sizes)
    except Exception:
        return False
    return _numbers.same_shapes(numbers, found) and _numbers.same_values(numbers, found)


def _state(model: torch.nn.Module) -> dict[str, torch.Tensor]:
    """Parameters, buffers, and tensors that modules merely hold."""
    held = (
        (f"{path}.{name}".lstrip("."), value)
        for path, module in model.named_modules()
        for name, value in vars(module).items()
        if isinstance(value, torch.Tensor)
    )
    return {**dict(held), **dict(model.named_parameters()), **dict(model.named_buffers())}


def _reorder(tensor: torch.Tensor, weight: Weight, order: np.ndarray) -> bool:
    whole = np.arange(tensor.shape[weight.axis])
    span = weight.span or weight.size
    if weight.size != len(order) or weight.offset + span > len(whole):
        return False
    block = np.arange(span)
    digit = block // weight.step % weight.size
    whole[weight.offset : weight.offset + span] = weight.offset + block + (order[digit] - digit) * weight.step
    with torch.no_grad():
        tensor.copy_(tensor.index_select(weight.axis, torch.from_numpy(whole)).clone())
    return True
