"""`--backward` says of a custom function what autograd would, and what it would say only in a later run."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from shapedoc.trace.attempts import Case, planned
from shapedoc.trace.backward import Breach, breaches_of
from tests.tools import line_of, trace_source

GATED = """
class GatedAttention(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v, g, scale):
        ctx.save_for_backward(q, k, v, g)
        ctx.scale = scale
        k = k if g is None else k * g.exp()
        return torch.einsum("bthd,bshd,bshe->bthe", q * scale, k, v)

    @staticmethod
    def backward(ctx, do):
        q, k, v, g = ctx.saved_tensors
        dq = torch.einsum("bthe,bshd,bshe->bthd", do, k, v) * ctx.scale
        dk = torch.einsum("bthe,bthd,bshe->bshd", do, q, v) * ctx.scale
        dv = torch.einsum("bthe,bthd,bshd->bshe", do, q, k) * ctx.scale
        {gate}
        {returns}

attend = GatedAttention.apply

class Net(nn.Module):
    def forward(self, x):
        return attend(x, x, x, {given}, 0.5)
"""
RIGHT = "return dq, dk, dv, dg, None"
OPTIONAL = "dg = None if g is None else dk * k"
CASES = {
    "None, given": ("dg = torch.ones_like(dk).to(g.dtype)", RIGHT, "None", "dg = torch"),
    "None, tried": ("dg = (dk * k).to(g.dtype)", RIGHT, "x", "dg = (dk"),
    "for None": ("dg = dk * k", RIGHT, "None", RIGHT),
    "too few": (OPTIONAL, "return dq, dk, dv, dg", "x", "return dq"),
    "too many": (OPTIONAL, "return dq, dk, dv, dg, None, dq", "x", "return dq"),
    "another shape": (OPTIONAL, "return dq.transpose(1, 2), dk, dv, dg, None", "x", "return dq"),
    "no tensor": (OPTIONAL, "return dq, dk, dv, dg, dv.sum()", "x", "return dq"),
    "wrong product": ("dg = dk @ k", RIGHT, "x", "dg = dk @ k"),
    "not wanted": ("dg = dk * k if ctx.needs_input_grad[0] else None; dg = None if g is None else dg.clone()", RIGHT, "x", "dg ="),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_line_of_a_wrong_gradient_is_named(name: str, tmp_path: Path) -> None:
    gate, returns, gate_given, line = CASES[name]
    code = GATED.format(gate=gate, returns=returns, given=gate_given)
    report = trace_source(code, '-i "b=2 t=5 h=3 d=7" --backward', tmp_path)
    spans = {(finding.code, finding.span.line) for finding in report.findings if finding.span}
    assert spans == {("SD401", line_of(code, line))}


@pytest.mark.parametrize("gate_given", ["x", "None"])
def test_a_right_backward_is_silent(gate_given: str, tmp_path: Path) -> None:
    code = GATED.format(gate=OPTIONAL, returns=RIGHT, given=gate_given)
    report = trace_source(code, '-i "b=2 t=5 h=3 d=7" --backward', tmp_path)
    assert (report.findings, report.exit_status) == ((), 0)


def test_nothing_is_tried_unless_asked_for(tmp_path: Path) -> None:
    code = GATED.format(gate=OPTIONAL, returns="return dq", given="x")
    assert trace_source(code, '-i "b=2 t=5 h=3 d=7"', tmp_path).findings == ()


def test_a_kernel_that_is_not_launched_is_no_obstacle(tmp_path: Path) -> None:
    code = """
import triton
import triton.language as tl

@triton.jit
def kernel(x, y, n: tl.constexpr): ...

class Launched(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, bias=None):
        ctx.save_for_backward(bias)
        y = torch.empty_like(x)
        kernel[(x.numel(),)](x, y, 4)
        return y

    @staticmethod
    def backward(ctx, grad):
        [bias] = ctx.saved_tensors
        dx = torch.empty_like(grad)
        kernel[(grad.numel(),)](grad, dx, 4)
        return dx, torch.empty_like(bias)

class Net(nn.Module):
    def forward(self, x):
        return Launched.apply(x, None)
"""
    [finding] = trace_source(code, "-i 3,4 --backward", tmp_path).findings
    assert finding.span and finding.span.line == line_of(code, "torch.empty_like(bias)")


RESULTS = """
class Pair(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return 2 * x, None, x.sum()

    @staticmethod
    def backward(ctx, {gradients}):
        return 2 * dx

class Net(nn.Module):
    def forward(self, x):
        return Pair.apply(x)[0]
"""


@pytest.mark.parametrize(("gradients", "count"), [("dx, _, dsum", 0), ("dx, dsum", 1), ("dx, *others", 0)])
def test_there_is_a_gradient_for_each_result(gradients: str, count: int, tmp_path: Path) -> None:
    report = trace_source(RESULTS.format(gradients=gradients), "-i 3,4 --backward", tmp_path)
    assert [finding.code for finding in report.findings] == ["SD401"] * count


GRADIENTS = st.one_of(
    st.none(),
    st.lists(st.integers(1, 3), max_size=3).map(lambda shape: torch.ones(shape)),
)


class Calls(nn.Module):
    """A model that calls a custom function which returns given gradients."""

    def __init__(self, returned: Any, inputs: tuple[Any, ...]) -> None:
        super().__init__()

        class Given(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *values: Any) -> torch.Tensor:
                return sum(
                    (value.sum() for value in values if isinstance(value, torch.Tensor)), torch.zeros(())
                )

            @staticmethod
            def backward(ctx: Any, gradient: torch.Tensor) -> Any:
                return returned

        self.function, self.inputs = Given, inputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = self.function.apply(x, *self.inputs)
        return result


def breaches(model: nn.Module, *inputs: Any) -> tuple[Breach, ...]:
    return breaches_of(Case(lambda: model, planned(inputs, {})).attempt())


@settings(max_examples=150, deadline=None)
@given(
    gradients=st.lists(GRADIENTS, min_size=1, max_size=4),
    shapes=st.lists(
        st.one_of(st.none(), st.just(0.5), st.lists(st.integers(1, 3), max_size=3).map(tuple)), max_size=3
    ),
)
def test_autograd_refuses_the_same(gradients: list[Any], shapes: list[Any]) -> None:
    inputs = tuple(torch.ones(shape) if isinstance(shape, tuple) else shape for shape in shapes)
    model = Calls(tuple(gradients), inputs)
    wanting = [each.clone().requires_grad_() if isinstance(each, torch.Tensor) else each for each in inputs]
    refused = False
    try:
        model.function.apply(torch.ones(2, 3).requires_grad_(), *wanting).backward()
    except RuntimeError:
        refused = True
    assert bool(breaches(model, torch.ones(2, 3))) == refused


@pytest.mark.skipif(importlib.util.find_spec("x_transformers") is None, reason="needs x-transformers")
def test_nothing_is_said_of_functions_that_work() -> None:
    from torch.utils.checkpoint import checkpoint
    from x_transformers import Decoder, TransformerWrapper

    model = TransformerWrapper(num_tokens=32, max_seq_len=16, attn_layers=Decoder(dim=64, depth=2, heads=4))
    assert breaches(model, torch.zeros(2, 16, dtype=torch.long)) == ()

    class Checkpointed(nn.Linear):
        def forward(self, x: torch.Tensor) -> Any:
            return checkpoint(super().forward, x, use_reentrant=True)

    assert breaches(Checkpointed(4, 4), torch.ones(2, 4)) == ()
