"""Random small models, right and wrong: attention, convolutional, recurrent and mixing ones.

A model is drawn from tables: how heads are made and put away, what normalises, which axis a layer runs along.
Some entries of a table are right and some are wrong, and which is which stands nowhere: the values tell.

>>> model, x = drawn(7)
>>> model(x).shape[0] == x.shape[0]
True
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Step = Callable[[Tensor], Tensor]


class Steps(nn.Module):
    """Calls one after another; modules among them, or inside them, hold the weights."""

    def __init__(self, steps: list[Step], layers: list[nn.Module]) -> None:
        super().__init__()
        self.steps, self.layers = steps, nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        for step in self.steps:
            x = step(x)
        return x


class Drawing:
    """Choices, and the layers they need."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.layers: list[nn.Module] = []

    def one(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def layer(self, layer: nn.Module) -> nn.Module:
        self.layers.append(layer)
        return layer

    def model(self, *steps: Step) -> nn.Module:
        return Steps(list(steps), self.layers).eval()


def drawn(seed: int) -> tuple[nn.Module, Tensor]:
    """A model and an input for it, the same for the same seed."""
    torch.manual_seed(seed)
    drawing = Drawing(seed)
    make, shape = drawing.one((attention, 3), (convolution, 4), (video, 5), (recurrent, 3), (mixer, 3))
    batch, *rest = drawing.one(2, 3), *(drawing.one(3, 4, 5, 6, 8) for _ in range(shape - 1))
    return make(drawing, batch, *rest), torch.rand(batch, *rest)


def attention(d: Drawing, b: int, n: int, width: int) -> nn.Module:
    """Self-attention with heads of its own."""
    heads, size = d.one(1, 2, 3, 4), d.one(2, 3, 4)
    q, k, v = (d.layer(nn.Linear(width, heads * size)) for _ in range(3))
    proj = d.layer(nn.Linear(heads * size, width))
    norm = d.layer(nn.LayerNorm(width))
    made = d.one(*HEADS_MADE)
    weighed = d.one(*WEIGHED)
    put_away = d.one(*HEADS_PUT_AWAY)

    def attend(x: Tensor) -> Tensor:
        parts = [made(layer(norm(x)), heads, size) for layer in (q, k, v)]
        return x + proj(put_away(weighed(*parts), *x.shape[:2]))

    return d.model(attend)


HEADS_MADE: tuple[Callable[[Tensor, int, int], Tensor], ...] = (
    lambda x, heads, size: x.view(*x.shape[:2], heads, size).transpose(1, 2),
    lambda x, heads, size: x.unflatten(-1, (heads, size)).permute(0, 2, 1, 3),
    lambda x, heads, size: x.reshape(x.shape[0], x.shape[1], heads, size).transpose(1, 2),
    lambda x, heads, size: x.reshape(x.shape[0], heads, x.shape[1], size),
    lambda x, heads, size: x.transpose(1, 2).reshape(x.shape[0], heads, x.shape[1], size),
)

WEIGHED: tuple[Callable[[Tensor, Tensor, Tensor], Tensor], ...] = (
    lambda q, k, v: F.scaled_dot_product_attention(q, k, v),
    lambda q, k, v: (q @ k.transpose(-2, -1)).softmax(-1) @ v,
    lambda q, k, v: (q @ k.mT / q.shape[-1] ** 0.5).softmax(dim=-1) @ v,
    lambda q, k, v: (q @ k.transpose(-2, -1)).softmax(0) @ v,
    lambda q, k, v: _folded(q, k, v).reshape(q.shape),
    lambda q, k, v: _folded(q, k, v).reshape(q.shape[1], q.shape[0], *q.shape[2:]).transpose(0, 1),
)


def _folded(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """Attention with the heads folded into the batch."""
    q, k, v = (x.reshape(-1, *x.shape[2:]) for x in (q, k, v))
    return torch.bmm(torch.bmm(q, k.transpose(1, 2)).softmax(2), v)


HEADS_PUT_AWAY: tuple[Callable[[Tensor, int, int], Tensor], ...] = (
    lambda x, b, n: x.transpose(1, 2).reshape(b, n, -1),
    lambda x, b, n: x.permute(0, 2, 1, 3).flatten(2),
    lambda x, b, n: x.transpose(1, 2).contiguous().view(b, n, -1),
    lambda x, b, n: x.reshape(b, n, -1),
    lambda x, b, n: x.permute(1, 2, 0, 3).reshape(b, n, -1),
)


def convolution(d: Drawing, b: int, c: int, h: int, w: int) -> nn.Module:
    """A feature map, looked at as tokens and brought back."""
    channels = d.one(4, 5, 6, 8)
    conv = d.layer(nn.Conv2d(c, channels, 3, padding=1))
    mlp = d.layer(nn.Sequential(nn.Linear(channels, channels), nn.GELU()))
    norm = d.layer(d.one(nn.BatchNorm2d(channels), nn.GroupNorm(1, channels), nn.Identity()))
    tokens, back = d.one(*TOKENS), d.one(*BACK)
    return d.model(conv, norm, lambda x: back(mlp(tokens(x)), x), nn.ReLU())


TOKENS: tuple[Step, ...] = (
    lambda x: x.flatten(2).transpose(1, 2),
    lambda x: x.permute(0, 2, 3, 1).reshape(x.shape[0], -1, x.shape[1]),
    lambda x: x.reshape(x.shape[0], -1, x.shape[1]),
    lambda x: x.permute(0, 3, 2, 1).reshape(x.shape[0], -1, x.shape[1]),
    lambda x: x.transpose(0, 1).reshape(x.shape[0], -1, x.shape[1]),
)

BACK: tuple[Callable[[Tensor, Tensor], Tensor], ...] = (
    lambda x, like: x.transpose(1, 2).reshape(like.shape),
    lambda x, like: x.transpose(1, 2).unflatten(2, like.shape[2:]),
    lambda x, like: x.reshape(like.shape),
)


def video(d: Drawing, b: int, c: int, t: int, h: int, w: int) -> nn.Module:
    """Frames folded into the batch, each convolved alone, and unfolded."""
    conv = d.layer(nn.Conv2d(c, c, 3, padding=1))
    fold, unfold = d.one(*FRAMES_FOLDED), d.one(*FRAMES_UNFOLDED)
    return d.model(lambda x: unfold(conv(fold(x)), x.shape))


FRAMES_FOLDED: tuple[Step, ...] = (
    lambda x: x.transpose(1, 2).reshape(-1, x.shape[1], *x.shape[3:]),
    lambda x: x.permute(0, 2, 1, 3, 4).flatten(0, 1),
    lambda x: x.reshape(-1, x.shape[1], *x.shape[3:]),
    lambda x: x.permute(2, 0, 1, 3, 4).flatten(0, 1),
)

FRAMES_UNFOLDED: tuple[Callable[[Tensor, torch.Size], Tensor], ...] = (
    lambda x, old: x.reshape(old[0], old[2], old[1], *old[3:]).transpose(1, 2),
    lambda x, old: x.unflatten(0, (old[0], old[2])).permute(0, 2, 1, 3, 4),
    lambda x, old: x.reshape(old),
    lambda x, old: x.unflatten(0, (old[2], old[0])).permute(1, 2, 0, 3, 4),
)


def recurrent(d: Drawing, b: int, t: int, width: int) -> nn.Module:
    """A recurrent or attention layer of torch, and a head on each step or on the last."""
    rnn = d.layer(d.one(nn.LSTM, nn.GRU)(width, 4, batch_first=d.one(True, False)))
    encoder = d.layer(nn.MultiheadAttention(4, 2, batch_first=d.one(True, False)))
    head = d.layer(nn.Linear(4, 3))
    around, end = d.one(*AROUND), d.one(lambda x: x[:, -1], lambda x: x.mean(1), lambda x: x)
    attend = d.one(lambda x: x, lambda x: encoder(x, x, x, need_weights=False)[0])
    return d.model(lambda x: around(lambda y: rnn(y)[0], x), attend, end, head)


AROUND: tuple[Callable[[Step, Tensor], Tensor], ...] = (
    lambda layer, x: layer(x),
    lambda layer, x: layer(x.transpose(0, 1)).transpose(0, 1),
)


def mixer(d: Drawing, b: int, n: int, width: int) -> nn.Module:
    """A layer along the features, one along the tokens, and something that runs along one of the axes."""
    tokens, features = d.layer(nn.Linear(n, n)), d.layer(nn.Linear(width, width))
    batch = d.layer(nn.Linear(b, b))
    norm = d.layer(nn.LayerNorm(width))
    along = d.one(
        lambda x: tokens(x.transpose(1, 2)).transpose(1, 2),
        lambda x: tokens(x.reshape(-1, width, n)).reshape(-1, n, width),
        lambda x: torch.einsum("bnd,mn->bmd", x, tokens.weight),
        lambda x: batch(x.transpose(0, 2)).transpose(0, 2),
        lambda x: batch(x.permute(1, 2, 0)).permute(2, 0, 1),
        lambda x: x.flatten(1).reshape(-1, n, width),
    )
    running = d.one(
        lambda x: x.softmax(1),
        lambda x: x.cumsum(1),
        lambda x: x.softmax(-1),
        lambda x: x.cumsum(0),
        lambda x: x,
    )
    return d.model(norm, along, lambda x: x + features(F.gelu(x)), running)
