"""The recorded run as a torch.fx.Graph that fx's own tools read."""

from __future__ import annotations

import torch
from einops.layers.torch import Rearrange
from torch import fx, nn
from torch.nn import functional as F

from shapedoc.trace.attempts import record
from shapedoc.trace.graph import graph_of


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.split = Rearrange("b (h d) n -> b h n d", h=2)
        self.attend = nn.MultiheadAttention(4, 2, batch_first=True)
        self.fc = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        q = self.split(x)
        y = F.scaled_dot_product_attention(q, q, q)[:, 0]
        if y.shape[1] > 2:
            y = torch.cat([y, y.flip(1)], dim=-1)
        return self.fc(self.attend(y, y, y)[0])


def graph() -> fx.Graph:
    return graph_of(record(Block(), torch.ones(2, 4, 5)))


def test_fx_prints_it(capsys) -> None:
    graph().print_tabular()
    assert "scaled_dot_product_attention" in capsys.readouterr().out


def test_what_the_user_called_is_one_node() -> None:
    called = [getattr(node.target, "__name__", "") for node in graph().nodes if node.op == "call_function"]
    assert called.count("scaled_dot_product_attention") == 1
    assert called.count("multi_head_attention_forward") == 1
    assert called.count("Rearrange") == 1
    assert "softmax" not in called and "bmm" not in called


def test_every_call_carries_what_fx_keeps_there() -> None:
    calls = [node for node in graph().nodes if node.op == "call_function"]
    assert all({"nn_module_stack", "stack_trace", "tensor_meta"} <= node.meta.keys() for node in calls)
    linear = next(node for node in calls if getattr(node.target, "__name__", "") == "linear")
    assert linear.meta["tensor_meta"].shape == (2, 5, 3)
    assert [kind for _, kind in linear.meta["nn_module_stack"].values()] == [Block, nn.Linear]
    assert __file__ in linear.meta["stack_trace"]


def test_inputs_and_state_are_its_leaves() -> None:
    leaves = {node.op: [] for node in graph().nodes}
    for node in graph().nodes:
        leaves[node.op].append(str(node.target))
    assert leaves["placeholder"] == ["x"]
    assert {"fc.weight", "fc.bias"} <= set(leaves["get_attr"])
