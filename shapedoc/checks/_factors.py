"""The number by which a call, or all calls on the way from a layer, multiply a tensor.

What is not a plain number on that way (a learned temperature, a cap, a norm) makes the factor unknown.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

from shapedoc.checks._silent import named
from shapedoc.trace.layouts import canonical
from shapedoc.trace.recorder import TAG, Op, Var

VIEWS = frozenset(
    """view reshape transpose permute unsqueeze squeeze expand contiguous flatten unflatten t swapaxes
    swapdims movedim T mT float half bfloat16 to type type_as getitem chunk split unbind repeat
    repeat_interleave select narrow clone detach dropout einops.rearrange einops.repeat""".split()
)
NORMS = frozenset("normalize norm rsqrt".split())
PRODUCTS = {"mul": 1, "multiply": 1, "div": -1, "divide": -1}
REFLECTED = ("rtruediv", "rdiv", "reciprocal")  # a number divided by a tensor
FAR = 40  # calls followed back


@dataclass(frozen=True)
class Factor:
    """A number that multiplies something, and the calls that brought it in."""

    value: float = 1.0
    calls: tuple[Op, ...] = ()

    def times(self, other: Factor) -> Factor:
        return Factor(self.value * other.value, self.calls + other.calls)


ONE = Factor()


def factor_of(op: Op) -> Factor | None:
    """The number that a call multiplies a tensor by; one, where its entries stay as they are."""
    return _scalar(op) or (ONE if canonical(op.name) in VIEWS else None)


def factor_since_layer(var: Var) -> Factor | None:
    """What a tensor was multiplied by since a layer made it."""
    factor = ONE
    for _ in range(FAR):
        op = var.op
        own = factor_of(op) if op else None
        if op is None or own is None:
            return None if op and (canonical(op.name) in NORMS or _by_one_value(op)) else factor
        factor, var = factor.times(own), op.inputs()[0]
    return None


def layer_behind(var: Var) -> Op | None:
    """The call that made a tensor, before it was multiplied by numbers and brought into another shape."""
    for _ in range(FAR):
        op = var.op
        if op is None or factor_of(op) is None:
            return op
        var = op.inputs()[0]
    return var.op


def alpha(op: Op) -> Factor:
    """What a fused product multiplies itself by."""
    value = op.kwargs.get("alpha", 1.0) if named(op, "baddbmm") else 1.0
    return Factor(float(value), (op,)) if value != 1.0 else ONE


def _scalar(op: Op) -> Factor | None:
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


def _by_one_value(op: Op) -> bool:
    """Whether a tensor is multiplied by a single value that only the run knows."""
    return canonical(op.name) in PRODUCTS and any(math.prod(var.shape) == 1 for var in op.inputs())
