"""Random calls of neighbourhood attention: arguments that fit, and one step away from fitting."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from hypothesis import strategies as st

from shapedoc.core.mismatch import Bindings, Mismatch
from shapedoc.core.results import ResultShape, result_shapes
from shapedoc.kernels.contracts import Contract, choose, load

HEAD_DIMS = (8, 16)  # what NATTEN's CPU backend takes; the contracts ask for nothing of the kind
REFUSALS = (RuntimeError, ValueError, AssertionError, NotImplementedError, TypeError, IndexError)


@dataclass(frozen=True)
class Call:
    """Arguments by name, and the operation they are for."""

    op: str
    arguments: dict[str, Any]

    def __repr__(self) -> str:
        shown = {
            name: list(value.shape) if isinstance(value, torch.Tensor) else value
            for name, value in self.arguments.items()
        }
        return f"{self.op}({shown})"


def contract_for(call: Call, version: str) -> Contract:
    """The contract that speaks of a call in a version of NATTEN."""
    name = f"natten.functional.{call.op}"
    found = [one for one in load("natten") if one.op == name and one.covers(version)]
    return choose(found, (), call.arguments)


def promised(call: Call, version: str) -> ResultShape | Mismatch:
    """The shape that a contract gives the first result, or what it finds wrong."""
    contract = contract_for(call, version)
    outcome = contract.check((), call.arguments)
    assert outcome is not None and contract.signature is not None
    shapes = result_shapes(contract.signature, outcome) if isinstance(outcome, Bindings) else None
    return shapes[0] if shapes else outcome


def given(function: Any, call: Call) -> tuple[int, ...] | Exception:
    """The shape that NATTEN gives, or the exception it refuses with."""
    try:
        with torch.no_grad():
            return tuple(function(**call.arguments).shape)
    except REFUSALS as error:
        return error


@st.composite
def tensor(draw: Any, shape: Sequence[int]) -> torch.Tensor:
    """A tensor of this shape or, one time in twelve, of one that differs in a dimension."""
    sizes = list(shape)
    if draw(st.integers(0, 11)) == 0:
        at = draw(st.integers(0, len(sizes) - 1))
        is_head_dim = at == len(sizes) - 1
        sizes[at] = draw(st.sampled_from(HEAD_DIMS) if is_head_dim else st.integers(1, 6))
    return torch.zeros(sizes)


def numbers(count: int, values: Any) -> Any:
    """One number, or one for each direction."""
    return values | st.tuples(*[values] * count)


def causal(count: int) -> Any:
    """A flag, or one for each direction."""
    return st.booleans() | st.tuples(*[st.booleans()] * count)


@st.composite
def grouped_calls(draw: Any, ndim: int) -> Call:
    """Calls of the fused operations of NATTEN 0.21.5 and later."""
    batch, kv_heads, groups = draw(st.integers(1, 2)), draw(st.integers(1, 3)), draw(st.integers(1, 2))
    heads = draw(st.sampled_from([kv_heads * groups, kv_heads * groups, draw(st.integers(1, 4))]))
    head_dim = value_dim = draw(st.sampled_from(HEAD_DIMS))
    tokens = draw(st.lists(st.integers(2, 6), min_size=ndim, max_size=ndim))
    arguments = {
        "query": draw(tensor([batch, *tokens, heads, head_dim])),
        "key": draw(tensor([batch, *tokens, kv_heads, head_dim])),
        "value": draw(tensor([batch, *tokens, kv_heads, value_dim])),
        "kernel_size": draw(numbers(ndim, st.sampled_from([2, 2, 3, 3, 4, 5, 1]))),
        "stride": draw(numbers(ndim, st.sampled_from([1, 1, 1, 2, 3]))),
        "dilation": draw(numbers(ndim, st.sampled_from([1, 1, 1, 2]))),
        "is_causal": draw(causal(ndim)),
    }
    extra = draw(st.integers(0, 3))
    if extra:
        arguments["additional_keys"] = draw(tensor([batch, extra, kv_heads, head_dim]))
    if extra != draw(st.sampled_from([0, extra, extra, extra])):
        return Call(f"na{ndim}d", arguments)
    if extra:
        arguments["additional_values"] = draw(tensor([batch, extra, kv_heads, value_dim]))
    return Call(f"na{ndim}d", arguments)


@st.composite
def query_key_calls(draw: Any, ndim: int) -> Call:
    """Calls of the unfused query-key operations of NATTEN 0.17."""
    batch, heads, head_dim = (
        draw(st.integers(1, 2)),
        draw(st.integers(1, 4)),
        draw(st.sampled_from(HEAD_DIMS)),
    )
    tokens = draw(st.lists(st.integers(2, 7), min_size=ndim, max_size=ndim))
    kernel_size = draw(odd_windows(ndim))
    extra = draw(st.integers(0, 2))
    arguments = {
        "query": draw(tensor([batch, heads, *tokens, head_dim])),
        "key": draw(tensor([batch, heads, *tokens, head_dim])),
        "kernel_size": kernel_size,
        "dilation": draw(numbers(ndim, st.sampled_from([1, 1, 1, 2]))),
    }
    if extra:
        arguments["additional_keys"] = draw(tensor([batch, heads, extra, head_dim]))
    if draw(st.booleans()):
        arguments["rpb"] = draw(tensor([heads, *(2 * size - 1 for size in each(kernel_size, ndim))]))
    return Call(f"na{ndim}d_qk", arguments)


@st.composite
def weight_value_calls(draw: Any, ndim: int) -> Call:
    """Calls of the unfused weight-value operations of NATTEN 0.17."""
    batch, heads, head_dim = (
        draw(st.integers(1, 2)),
        draw(st.integers(1, 4)),
        draw(st.sampled_from(HEAD_DIMS)),
    )
    tokens = draw(st.lists(st.integers(2, 7), min_size=ndim, max_size=ndim))
    kernel_size = draw(odd_windows(ndim))
    extra = draw(st.integers(0, 2))
    neighbours = math.prod(each(kernel_size, ndim)) + extra + draw(st.sampled_from([0, 0, 0, 0, 0, 1]))
    arguments = {
        "attn": draw(tensor([batch, heads, *tokens, neighbours])),
        "value": draw(tensor([batch, heads, *tokens, head_dim])),
        "kernel_size": kernel_size,
        "dilation": draw(numbers(ndim, st.sampled_from([1, 1, 1, 2]))),
    }
    if extra:
        arguments["additional_values"] = draw(tensor([batch, heads, extra, head_dim]))
    return Call(f"na{ndim}d_av", arguments)


def odd_windows(count: int) -> Any:
    """Sizes of windows, seldom such as unfused kernels refuse."""
    return numbers(count, st.sampled_from([3, 3, 3, 3, 5, 2, 1]))


def each(value: int | tuple[int, ...], count: int) -> tuple[int, ...]:
    """A number for every direction."""
    return (value,) * count if isinstance(value, int) else value
