"""Models of the zoo as small as their kind allows, with at least two samples.

Two samples, since a fault that mixes them shows no other way; small, since thousands of mutants run.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_map_only

LARGEST = {
    "dim": 96, "depth": 2, "mlp_dim": 160, "num_classes": 10, "spatial_depth": 2, "temporal_depth": 2,
    "enc_depth": 2, "dec_depth": 2, "num_tokens": 100, "enc_num_tokens": 100, "dec_num_tokens": 100,
}  # fmt: skip
LAYERS = "Decoder Encoder CrossAttender TransformerWrapper ViTransformerWrapper XTransformer".split()
TOKENS = 40


def no_larger(options: dict[str, Any]) -> dict[str, Any]:
    """
    >>> no_larger({"depth": 12, "dim": 64, "heads": 8})
    {'depth': 2, 'dim': 64, 'heads': 8}
    """
    return {
        name: LARGEST[name] if type(size) is int and size > LARGEST.get(name, size) else size
        for name, size in options.items()
    }


def shrink(package: str) -> None:
    """Make the models of a package no larger than needed, before or as they are defined."""
    options = vars(importlib.import_module("tests.bench.models._vit_options"))
    for table in [value for value in options.values() if isinstance(value, dict)]:
        table.update(no_larger(table))
    if package == "x_transformers":
        module = importlib.import_module(package)
        for name in LAYERS:
            setattr(module, name, _smaller(getattr(module, name)))


def _smaller(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **options: make(*args, **no_larger(options))


def fewer(inputs: Any) -> Any:
    """Sequences of few tokens, and no token that a small vocabulary lacks."""
    return tree_map_only(Tensor, _short, inputs)


def _short(tensor: Tensor) -> Tensor:
    if tensor.dim() not in (2, 3) or tensor.shape[1] < 256:
        return tensor
    short = tensor[:, :TOKENS]
    return short % LARGEST["num_tokens"] if tensor.dtype is torch.int64 else short


def doubled(inputs: Any) -> Any:
    """A second sample, other than the first, wherever there is only one."""
    return tree_map_only(Tensor, _two_samples, inputs)


def _two_samples(tensor: Tensor) -> Tensor:
    if tensor.dim() < 2 or tensor.shape[0] != 1:
        return tensor
    return torch.cat((tensor, tensor.flip(*range(1, tensor.dim()))))
