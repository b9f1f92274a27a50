"""Random calls of torch's operations: shapes that fit, and shapes one step away from fitting.

A template names the operands' dimensions: `"... i, o i, o"`. `...` is a run of dimensions, `*...` one that
broadcasts, `1|c` may be 1. After an operand, `:long` and `:bool` are its dtype, and `!` keeps its rank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from hypothesis import strategies as st

SIZES = st.integers(1, 4)
REFUSALS = (RuntimeError, ValueError, IndexError, AssertionError, NotImplementedError, TypeError)
CHANGES = ("none", "none", "none", "size", "add", "drop")
DTYPES = {"": torch.float32, "long": torch.int64, "bool": torch.bool}


@dataclass(frozen=True)
class Case:
    """An operation, templates of its operands, and what else it is called with."""

    name: str
    function: Callable[..., Any]
    templates: str
    extra: dict[str, Any] = field(default_factory=dict)
    listed: bool = False  # the operands are one list
    names: str = ""  # of the operands, where they are given by name

    def __str__(self) -> str:
        return f"{self.name}({self.templates})"


@st.composite
def calls(draw: Any, case: Case) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments of one call."""
    sizes: dict[str, int] = {}
    rest = draw(st.lists(SIZES, max_size=2))
    operands = []
    for template in case.templates.split(","):
        dims, _, dtype = template.strip().removesuffix("!").partition(":")
        changes = CHANGES[:4] if template.endswith("!") else CHANGES
        shape = [size for dim in dims.split() for size in draw(_sizes(dim, sizes, rest))]
        operands.append(torch.zeros(draw(_perturbed(shape, changes)), dtype=DTYPES[dtype]))
    extra = {
        name: draw(value) if isinstance(value, st.SearchStrategy) else value
        for name, value in case.extra.items()
    }
    if case.names:
        return (), dict(zip(case.names.split(), operands, strict=True)) | extra
    return (operands,) if case.listed else tuple(operands), extra


@st.composite
def _sizes(draw: Any, dim: str, sizes: dict[str, int], rest: list[int]) -> list[int]:
    if dim == "...":
        return rest
    if dim == "*...":
        start = draw(st.integers(0, len(rest)))
        return [draw(st.sampled_from([size, size, 1])) for size in rest[start:]]
    if dim.isdecimal():
        return [int(dim)]
    *one, name = dim.split("|")
    size = sizes.setdefault(name, draw(SIZES))
    return [draw(st.sampled_from([size, 1])) if one else size]


@st.composite
def _perturbed(draw: Any, shape: list[int], changes: tuple[str, ...]) -> list[int]:
    """The shape as it is, or with one dimension changed, added or taken away."""
    change = draw(st.sampled_from(changes))
    if change == "add":
        shape = [*shape]
        shape.insert(draw(st.integers(0, len(shape))), draw(SIZES))
    elif shape and change != "none":
        at = draw(st.integers(0, len(shape) - 1))
        shape = [*shape[:at], *([draw(SIZES)] if change == "size" else []), *shape[at + 1 :]]
    return shape


def eager(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What torch gives, or the exception it refuses with."""
    try:
        return function(*args, **kwargs)
    except REFUSALS as error:
        return error
