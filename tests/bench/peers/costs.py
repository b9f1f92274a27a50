"""What it costs each tool to look at a model that is already built, from a few thousand parameters to 70 billion.

>>> from .tools.eager import PEER
>>> row = cost(PEER, MODELS[0])
>>> row.why, row.on
('', 'real tensors')

Every tool gets the same: real tensors on the CPU where the parameters fit in memory beside a few tools, the meta
device beyond. Building is in no figure, nor is what a tool imports or does once in a process: each has looked at
one `nn.Linear` before. A pass that is soon over is made again, up to `PASSES` in all, and the fastest counts.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import torch
from torch import nn

from .. import cost as written
from ..baseline import Cost, built_on_meta, measured, on_meta
from ..isolate import isolated
from ..models import Inputs, entries
from . import Peer, alone

AGAIN, PASSES = 4.0, 5  # seconds of all passes below which another is made
SECONDS, GIGABYTES = 60.0, 6.0
NOTHING = Cost()


@dataclass(frozen=True)
class Model:
    """`make` imports its package, and gives what builds the model and its inputs, which is to be done `on`."""

    name: str
    on: str
    make: Callable[[], tuple[Callable[[], nn.Module], Callable[[], Inputs]]]


@dataclass(frozen=True)
class Row:
    """What one tool took for one model; `why` says what it could not do."""

    model: str
    parameters: int
    on: str
    peer: str
    cost: Cost = NOTHING
    why: str = ""


def cost(peer: Peer, model: Model) -> Row:
    """In a process of its own, bounded in time and memory."""
    model.make()  # imports its package, for the forks to come
    parameters = parameters_of(model)
    outcome = isolated(partial(_measured, peer, model), SECONDS, GIGABYTES)
    return Row(model.name, parameters, model.on, peer.name, outcome.value or NOTHING, outcome.error)


def imported(peers: list[Peer]) -> None:
    """For forks to come."""
    for name in {name for peer in peers for name in peer.packages}:
        importlib.import_module(name)


def _measured(peer: Peer, model: Model) -> Cost:
    with alone():
        peer.run(nn.Linear(2, 2), ((torch.ones(1, 2),), {}))
        built, inputs = ON[model.on](*model.make())
        costs = [measured(lambda: peer.run(built, inputs))[1]]
        while len(costs) < PASSES and sum(one.seconds for one in costs) < AGAIN:
            costs.append(measured(lambda: peer.run(built, inputs))[1])
    return Cost(min(one.seconds for one in costs), max(one.megabytes for one in costs))


def _real(build: Callable[[], nn.Module], inputs: Callable[[], Inputs]) -> tuple[nn.Module, Inputs]:
    return build().eval(), inputs()


def _meta(build: Callable[[], nn.Module], inputs: Callable[[], Inputs]) -> tuple[nn.Module, Inputs]:
    return built_on_meta(build), on_meta(inputs())


ON = {"real tensors": _real, "meta": _meta}


@cache
def parameters_of(model: Model) -> int:
    outcome = isolated(lambda: sum(each.numel() for each in ON[model.on](*model.make())[0].parameters()))
    return outcome.value or 0


def _zoo(package: str, name: str, **options: Any) -> tuple[Any, Any]:
    """An entry of the zoo; `options` go into the call, such as what an exporter needs to be set."""
    [entry] = entries(package, [name])

    def inputs() -> Inputs:
        args, kwargs = entry.inputs()
        return args, kwargs | options

    return entry.build, inputs


def _decoder(name: str) -> tuple[Any, Any]:
    """A model of `tests.bench.cost`, which writes it out as a user would."""
    names: dict[str, Any] = {"__name__": "decoder"}
    exec(compile(written.MODELS, "decoder.py", "exec"), names)
    return names[name], lambda: ((torch.randint(0, 1000, (2, 128)),), {})


MODELS = (
    Model("decoder of 2 layers", "real tensors", partial(_decoder, "small")),
    Model("x-transformers Encoder", "real tensors", partial(_zoo, "x_transformers", "Encoder")),
    Model("vit-pytorch MobileViT", "real tensors", partial(_zoo, "vit_pytorch", "MobileViT")),
    Model("vit-pytorch ViT", "real tensors", partial(_zoo, "vit_pytorch", "ViT")),
    Model("diffusers UNet2DModel", "real tensors", partial(_zoo, "diffusers_models", "UNet2DModel")),
    Model("convnext-tiny", "real tensors", partial(_zoo, "hf_transformers", "convnext-tiny")),
    Model("bert-base", "real tensors", partial(_zoo, "hf_transformers", "bert-base")),
    Model("gpt2", "real tensors", partial(_zoo, "hf_transformers", "gpt2", use_cache=False)),
    Model("sd-1.5-unet", "meta", partial(_zoo, "diffusers_models", "sd-1.5-unet")),
    Model("gpt2-xl", "meta", partial(_zoo, "hf_transformers", "gpt2-xl", use_cache=False)),
    Model("llama-3-8b", "meta", partial(_zoo, "hf_transformers", "llama-3-8b", use_cache=False)),
    Model("decoder of 70 billion", "meta", partial(_decoder, "Decoder")),
)
