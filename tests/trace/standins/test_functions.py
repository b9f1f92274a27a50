"""Kernel functions: what they give, where, and under which names."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn

from shapedoc.core.axes import Kind, name_of
from shapedoc.kernels.reading import parse_contracts
from shapedoc.trace.attempts import record
from shapedoc.trace.faults import Refused
from shapedoc.trace.layouts import follow
from shapedoc.trace.recorder import Trace, Var
from shapedoc.trace.standins import Settings, standing_in

CONTRACTS = parse_contracts(
    """
- op: own_ops.attend
  parameters: q, k, mask=None, keep=False
  signature: "q[b heads tokens d], k[b heads others d], mask?[tokens others] -> [b heads tokens d], [b heads tokens]"
  returns: "out: k, lse: float32 if keep else None"
- op: own_ops.project
  parameters: x, weight
  signature: "weight[out_features in_features], x[... in_features] -> [... out_features]"
  kinds: {out_features: feature}
- op: own_ops.score
  parameters: x, scale=1
  signature: "x[b n] -> [b], [n]"
  returns: "score, lines: int64 if scale > 1"
- op: own_ops.pick
  parameters: x, count=None
  signature: "x[b n] -> [b {count}]"
""",
    "own.yaml",
)


@pytest.fixture(autouse=True)
def _standing_in() -> Iterator[None]:
    with standing_in(Settings(contracts=CONTRACTS)):
        yield


class Calls(nn.Module):
    """A model whose forward is a function."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function
        self.weight = nn.Parameter(torch.zeros(6, 8))

    def forward(self, *args: Any) -> Any:
        return self.function(*args)


def followed(function: Any, *args: torch.Tensor) -> Trace:
    trace = record(Calls(function), *args)
    assert follow(trace) == []
    return trace


def outputs(trace: Trace) -> tuple[Var, ...]:
    return trace.modules[0].outputs


def test_results_have_the_dtypes_that_the_contract_names() -> None:
    from own_ops import attend, score

    q, k = torch.ones(2, 4, 5, 8), torch.ones(2, 4, 3, 8, dtype=torch.bfloat16)
    out, lse = attend(q, k, keep=True)
    assert (out.shape, out.dtype, lse.shape, lse.dtype) == (
        (2, 4, 5, 8),
        torch.bfloat16,
        (2, 4, 5),
        torch.float32,
    )
    assert attend(q, k)[1] is None
    assert isinstance(score(torch.ones(2, 3)), torch.Tensor)
    assert score(torch.ones(2, 3), scale=2)[1].dtype == torch.int64


def test_a_mask_that_is_an_object_is_no_operand() -> None:
    from own_ops import attend

    q = torch.ones(2, 4, 5, 8)
    assert attend(q, q, object())[0].shape == q.shape
    with pytest.raises(Refused):
        attend(q, q, torch.ones(5, 4))


def test_a_call_of_another_form_is_a_type_error_as_ever() -> None:
    from own_ops import attend

    with pytest.raises(TypeError, match="dropout"):
        attend(torch.ones(2, 4, 5, 8), torch.ones(2, 4, 5, 8), dropout=0.1)
    with pytest.raises(Refused, match="missing"):
        attend(None, torch.ones(2, 4, 5, 8))


def test_a_size_that_depends_on_values_stops_the_run_there() -> None:
    from own_ops import pick

    assert outputs(followed(lambda x: pick(x, 2), torch.ones(2, 5)))[0].shape == (2, 2)
    trace = record(Calls(lambda x: pick(x)), torch.ones(2, 5))
    assert trace.failed is not None and trace.failed.name == "pick"


def test_a_kernel_is_copied_as_functions_are() -> None:
    from own_ops import attend

    assert copy.deepcopy(attend) is attend


def test_an_axis_that_goes_in_and_out_is_one_axis() -> None:
    from own_ops import attend

    trace = followed(lambda q, k: attend(q, k)[0], torch.ones(2, 4, 5, 8), torch.ones(2, 4, 3, 8))
    [op] = trace.ops
    q, out = op.args[0], op.outputs[0]
    assert out.layout == q.layout
    assert [name_of(dim) for dim in out.layout] == ["b", "heads", "tokens", "d"]
    assert [name_of(dim) for dim in op.args[1].layout] == ["b", "heads", "others", "d"]


def test_what_comes_out_of_a_weight_is_new() -> None:
    from own_ops import project

    model = Calls(lambda x: project(x, model.weight))
    trace = record(model, torch.ones(3, 8))
    follow(trace)
    [op] = trace.ops
    assert op.outputs.layout[-1][0].axis.origin == op.index
    assert (name_of(op.outputs.layout[-1]), op.outputs.layout[-1][0].axis.kind) == (
        "out_features",
        Kind.FEATURE,
    )


def test_operands_of_a_call_that_fails_have_names_as_well() -> None:
    from own_ops import attend

    trace = followed(lambda q, k: attend(q, k), torch.ones(2, 4, 5, 8), torch.ones(2, 2, 5, 8))
    assert trace.failed is not None
    assert [[name_of(dim) for dim in var.layout] for var in trace.failed.inputs()] == [
        ["b", "heads", "tokens", "d"],
        ["b", "heads", "others", "d"],
    ]
