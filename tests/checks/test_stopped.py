"""A call that stopped the run has no result: rules of silent faults leave it to those of crashes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import shapedoc

Function = Callable[[torch.Tensor], torch.Tensor]

STOPS: dict[str, tuple[Function, str]] = {
    "a logarithm that does not broadcast": (lambda x: x.softmax(-1).log() * x.new_zeros(7), "SD102"),
    "weights with more letters than dimensions": (
        lambda x: torch.einsum("bhij,bjd->bhid", x.softmax(-1), x), "SD111",
    ),
    "an equation with fewer operands than it has": (lambda x: torch.einsum("bij,bjk->bik", x), "SD101"),
    "weights and values that differ": (lambda x: (x @ x.mT).softmax(-1) @ x.mT, "SD101"),
    "a norm over a dimension that is not there": (lambda x: F.normalize(x, dim=5), "SD111"),
    "a softmax over a dimension that is not there": (lambda x: x.softmax(5), "SD111"),
    "joined along a dimension that is not there": (lambda x: torch.cat([x, x], dim=5), "SD111"),
    "attention of other heads": (
        lambda x: F.scaled_dot_product_attention(x[:, None].expand(-1, 4, -1, -1), *[x[:, None].expand(-1, 3, -1, -1)] * 2),
        "SD106",
    ),
    "a recurrent layer over a single value": (lambda x: nn.LSTM(8, 8)(x.mean())[0], "SD111"),
    "a norm over no dimension": (lambda x: F.layer_norm(x, ()), "SD105"),
    "torn axes that are flattened where there are none": (lambda x: x.reshape(2, 8, 5).flatten(3), "SD111"),
    "a mask that does not broadcast": (lambda x: x.masked_fill(torch.ones(7, dtype=torch.bool), 0).softmax(-1), "SD102"),
}  # fmt: skip


class Calls(nn.Module):
    def __init__(self, function: Function) -> None:
        super().__init__()
        self.function = function

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.function(x)


@pytest.mark.parametrize("name", ["softmax", "cumsum", "sort", "flip"])
def test_a_single_value_has_a_dimension_to_run_along(name: str) -> None:
    report = shapedoc.trace(Calls(lambda x: getattr(x.mean(), name)(0)), torch.ones(2, 5, 8))
    assert (report.findings, report.stopped) == ((), None)


@pytest.mark.parametrize("name", STOPS)
def test_the_crash_is_all_that_is_found(name: str) -> None:
    function, code = STOPS[name]
    assert [found.code for found in shapedoc.trace(Calls(function), torch.ones(2, 5, 8)).findings] == [code]
