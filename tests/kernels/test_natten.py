"""NATTEN's contracts and NATTEN itself accept and refuse the same calls, and give the same shapes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, event, given, settings

from shapedoc.core.mismatch import Mismatch
from tests.kernels.windows import Call, grouped_calls, promised
from tests.kernels.windows import given as by_natten

functional = pytest.importorskip("natten.functional")
VERSION = "0.21.7"

# What NATTEN's only backend for a CPU cannot do, and its other backends can: no matter of the contract.
BACKEND_LIMITS = ("could not find a suitable backend",)


def agree(call: Call) -> None:
    ours, theirs = promised(call, VERSION), by_natten(getattr(functional, call.op), call)
    event("refused" if isinstance(ours, Mismatch) else "accepted")
    if isinstance(theirs, Exception):
        assert isinstance(ours, Mismatch) or any(limit in str(theirs) for limit in BACKEND_LIMITS), theirs
    else:
        assert ours == theirs


@pytest.mark.parametrize("ndim", [1, 2, 3])
def test_fused_operations_agree(ndim: int) -> None:
    @settings(max_examples=180, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(grouped_calls(ndim))
    def judge(call: Call) -> None:
        agree(call)

    judge()


def zeros(*shape: int) -> torch.Tensor:
    return torch.zeros(shape)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"value": zeros(1, 6, 6, 2, 8)}, "suitable backend"),  # values of another size than keys
        (
            {"query": zeros(1, 6, 6, 2, 24), "key": zeros(1, 6, 6, 2, 24), "value": zeros(1, 6, 6, 2, 24)},
            "suitable backend",
        ),
        (
            {"query": zeros(1, 6, 6, 2, 16).requires_grad_()},
            "does not support backward on CPU|suitable backend",
        ),
    ],
    ids=["value_dim", "power-of-two", "gradient"],
)
def test_limits_of_its_cpu_backend_are_not_in_the_contract(arguments: dict[str, Any], reason: str) -> None:
    operands = dict.fromkeys(("query", "key", "value"), zeros(1, 6, 6, 2, 16)) | arguments
    call = Call("na2d", {**operands, "kernel_size": 3})
    assert promised(call, VERSION) == (1, 6, 6, 2, operands["value"].shape[-1])
    with pytest.raises(NotImplementedError, match=reason):
        functional.na2d(**call.arguments)


def test_the_contract_is_stricter_about_the_number_of_directions() -> None:
    call = Call("na2d", {**dict.fromkeys(("query", "key", "value"), zeros(1, 8, 2, 16)), "kernel_size": 5})
    assert isinstance(promised(call, VERSION), Mismatch)
    with torch.no_grad():  # it runs na1d without a word
        assert functional.na2d(**call.arguments).shape == (1, 8, 2, 16)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ((4, 2), "must evenly divide"),
        ((4, 3), "must evenly divide"),
        ((6, 3), None),
        ((4, 4), None),
        ((2, 4), "must evenly divide"),
    ],
)
def test_grouped_queries(ours: tuple[int, int], theirs: str | None) -> None:
    heads, kv_heads = ours
    query, key = zeros(1, 6, heads, 16), zeros(1, 6, kv_heads, 16)
    call = Call("na1d", {"query": query, "key": key, "value": key, "kernel_size": 3})
    refused = heads % kv_heads != 0
    assert isinstance(promised(call, VERSION), Mismatch) == refused
    assert isinstance(by_natten(functional.na1d, call), Exception) == refused
