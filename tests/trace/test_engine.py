"""The engine: data on meta, indices for real; what eager torch accepts and refuses is the measure."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from shapedoc.core.request import Engine
from shapedoc.trace.attempts import Case, planned, record
from shapedoc.trace.execution import Run
from shapedoc.trace.shapes import Shapes


class Calls(nn.Module):
    """A model whose forward is a function."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.function = function

    def forward(self, *args: Any) -> Any:
        return self.function(*args)


def once(make: Any, args: tuple[Any, ...], world: str = "shape") -> Run:
    return Case(make, planned(args, {})).once(world)


def outcome(function: Any, *args: Any, world: str = "shape") -> Any:
    run = once(lambda: Calls(function), args, world)
    if run.error:
        return run.error
    return [(var.shape, var.dtype) for var in run.trace.modules[0].outputs]


def real(*shape: int) -> torch.Tensor:
    return torch.ones(shape)


@torch.enable_grad()
def curvature(x: torch.Tensor) -> torch.Tensor:
    """What a physics-informed loss is made of: gradients of one shape, one of another."""
    x = x.requires_grad_(True)
    slope = torch.autograd.grad((x**3).sum(), x, create_graph=True)[0]
    other = torch.autograd.grad((x**2).sum(), x, create_graph=True)[0]
    return torch.autograd.grad(other.sum(), x)[0] + slope


CONTROL_FLOW = [
    curvature,
    lambda x: x * torch.linspace(0, 1, 3)[1].item(),
    lambda x: x[:, torch.arange(x.shape[1]) % 2 == 0],
    lambda x: x if torch.zeros(3).any() else x[:, :2],
    lambda x: x[..., : int(torch.tensor([1, 2]).max())],
    lambda x: x + torch.arange(4, device=x.device).flip(0).tolist()[0],
    lambda x: torch.zeros(2, 3, device=x.device).masked_fill_(torch.ones(2, 3).bool(), 1.0) + x[..., :3],
    lambda x: x.new_ones(2, 4, dtype=torch.bool).nonzero(),
    lambda x: F.one_hot(torch.arange(4)).to(x) @ x.mT,
    lambda x: x.masked_scatter(torch.ones(2, 4).bool(), torch.ones(8)),
    lambda x: torch.repeat_interleave(x, torch.tensor([1, 2, 0, 3]), dim=1),
    lambda x: torch.vmap(lambda row: row.sum())(x),
    lambda x: x.to("cuda").cpu().to(torch.device("meta"), torch.float64),
    lambda x: torch.einsum("ij,kj->ik", x, x).softmax(-1)[..., None].expand(-1, -1, 5).contiguous(),
    lambda x: torch.stack([*x.unbind(1), x[:, 0]], 0).max(0),
]


@pytest.mark.parametrize("function", CONTROL_FLOW)
def test_shapes_alone_give_what_numbers_give(function: Any) -> None:
    assert outcome(function, real(2, 4)) == outcome(function, real(2, 4), world="real")


@pytest.mark.parametrize(
    "layer",
    [
        nn.LSTM(4, 5),
        nn.GRU(4, 5, bidirectional=True, batch_first=True),
        nn.MultiheadAttention(4, 2),
        nn.TransformerEncoderLayer(4, 2, 8),
        nn.BatchNorm1d(3),
        nn.Conv1d(3, 6, 2),
        nn.Bilinear(4, 4, 2),
        nn.Unflatten(2, (2, 2)),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_layers_give_the_shapes_they_give_with_numbers(layer: nn.Module) -> None:
    args = (real(2, 3, 4),) * (
        3 if isinstance(layer, nn.MultiheadAttention) else 2 if isinstance(layer, nn.Bilinear) else 1
    )
    shapes = [
        [var.shape for var in once(lambda: layer, args, world).trace.modules[0].outputs]
        for world in ("shape", "real")
    ]
    assert shapes[0] == shapes[1] != []


def test_building_allocates_no_weights() -> None:
    run = once(lambda: nn.Sequential(*[nn.Linear(2**14, 2**14) for _ in range(64)]), (real(1, 2**14),))
    assert run.error is None
    assert run.weight > 64 * 2**30
    assert all(param.is_meta for param in run.model.parameters())


def test_a_tied_weight_stays_tied() -> None:
    def make() -> nn.Module:
        model = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
        model[1].weight = model[0].weight
        return model

    model = once(make, (real(1, 4),)).model
    assert model[1].weight is model[0].weight


def test_a_value_of_the_data_is_had_from_numbers() -> None:
    case = Case(lambda: Calls(lambda x: x[: int(x.sum())]), planned((real(3, 1),), {}))
    assert (case.attempt().world.name, case.attempt().error) == ("real", None)
    assert case.attempt(Engine.SHAPE).wants_value


def test_a_model_in_hand_is_left_as_it_was() -> None:
    model = nn.Sequential(nn.Linear(4, 4), nn.Dropout()).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    record(model, real(2, 4))
    assert model.training and model[1].training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert nn.Module.__call__.__name__ == "_wrapped_call_impl"
    assert model(real(2, 4)).shape == (2, 4)


@pytest.mark.parametrize(("world", "threads"), [("shape", 1), ("real", 2)])
def test_threads_are_for_numbers_alone(world: str, threads: int) -> None:
    before, seen = torch.get_num_threads(), []
    torch.set_num_threads(2)
    try:
        once(lambda: Calls(lambda x: seen.append(torch.get_num_threads())), (real(2),), world)
        assert (seen, torch.get_num_threads()) == ([threads], 2)
    finally:
        torch.set_num_threads(before)


IMPORTING = """
import sys
import torch
import shapedoc

def attend(x):
    x = torch.nn.functional.layer_norm(x, (8,)).unflatten(-1, (2, 4)).transpose(1, 2)
    return torch.nn.functional.gelu(torch.nn.functional.scaled_dot_product_attention(x, x, x).mean(-1))

class Net(torch.nn.Module):
    def forward(self, x):
        return attend(x)

before = set(sys.modules)
assert shapedoc.trace(Net(), torch.ones(2, 5, 8)).exit_status == 0
print({"torch._dynamo", "sympy", "torch.fx.experimental.symbolic_shapes"} & set(sys.modules) - before)
"""


def test_meta_kernels_import_neither_the_compiler_nor_symbols() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTING], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_data_assigned_to_a_parameter_goes_where_the_parameter_is() -> None:
    class Net(nn.Linear):
        def __init__(self) -> None:
            super().__init__(4, 4)
            self.weight.data = torch.arange(16.0).view(4, 4)

    run = once(Net, (real(2, 4),))
    assert run.error is None
    assert run.model.weight.is_meta


def test_a_case_made_of_another_need_not_ask_torch_again(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    first = Shapes._first

    def counted(self: Shapes, func: Any, name: str, args: Any, kwargs: Any) -> Any:
        asked.append(name)
        return first(self, func, name, args, kwargs)

    monkeypatch.setattr(Shapes, "_first", counted)
    case = Case(lambda: nn.Sequential(nn.Linear(8, 4)), planned((real(2, 8),), {}))
    case.once("shape")
    known = list(asked)
    replace(case, make=lambda: nn.Sequential(nn.Linear(8, 4), nn.ReLU())).once("shape")
    assert "linear" in known and asked == [*known, "relu"]


class Keeping(nn.Module):
    """Computes a table in its first run, and has it in the next."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(8, 8)
        self.table: torch.Tensor | None = None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.table is None:
            self.table = torch.arange(8) * 2
        return self.layer(x) + self.table


def test_every_run_has_leaves_of_its_own() -> None:
    first = Case(Keeping).attempt()
    assert first.repeat and first.plan
    for trace in (first.trace, first.repeat(first.plan).trace):
        used = {var for op in trace.ops for var in op.inputs() if var.op not in trace.ops}
        assert used == set(trace.leaves)
        assert {"layer.weight", "layer.bias"} < {var.name for var in used}
