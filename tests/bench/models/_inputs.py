"""Words for what a model is called with.

>>> args, kwargs = call(normal(1, 3, 32, 32), mask=trues(1, 4))()
>>> args[0].shape, kwargs["mask"].dtype
(torch.Size([1, 3, 32, 32]), torch.bool)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from . import Inputs

Maker = Callable[[], Any]


def call(*positional: Maker, **named: Maker) -> Callable[[], Inputs]:
    """The arguments of one call, made when they are asked for."""
    return lambda: (
        tuple(make() for make in positional),
        {name: make() for name, make in named.items()},
    )


def normal(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.randn(shape)


def uniform(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.rand(shape)


def ids(below: int, *shape: int) -> Callable[[], Tensor]:
    return lambda: torch.randint(0, below, shape)


def trues(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.ones(shape, dtype=torch.bool)


def several(*makers: Maker) -> Callable[[], list[Any]]:
    return lambda: [make() for make in makers]


def constant(value: Any) -> Maker:
    return lambda: value
