"""What torch's own layers, and einops', take as their first input.

>>> hint = expects(nn.Conv1d(3, 64, 7))
>>> hint.dims, hint.origin
((Size(size=0, name='b'), Size(size=3, name='c'), Size(size=0, name='t')), 'Conv1d(3, …)')
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.instancenorm import _InstanceNorm
from torch.nn.modules.pooling import _AdaptiveAvgPoolNd, _AdaptiveMaxPoolNd, _AvgPoolNd, _MaxPoolNd

from shapedoc.core.report import Size
from shapedoc.trace.inputs.inference.hints import ANY, FLOATING, Hint, axes

SPACE = {"1d": "t", "2d": "h w", "3d": "f h w"}

# Layers that give back what they get, so that the input is still the input behind them.
KEEPING = (nn.Identity, nn.Dropout, nn.LayerNorm, nn.ReLU, nn.GELU, nn.SiLU, nn.Tanh, nn.Sigmoid, nn.RMSNorm)


def expects(layer: nn.Module) -> Hint | None:
    """What a layer of a known kind takes; None for any other module."""
    for kind, rule in LAYERS:
        if isinstance(layer, kind):
            hint = rule(layer)
            return replace(hint, dtype=hint.dtype or FLOATING, origin=_described(layer, hint))
    if type(layer).__module__.startswith("einops.layers") and hasattr(layer, "pattern"):
        return replace(
            pattern_hint(layer.pattern, getattr(layer, "axes_lengths", {})), origin=f"{layer!r}"[:60]
        )
    return None


def inputs_of(layer: nn.Module) -> dict[str, Hint]:
    """What each input of a layer of a known kind takes; nothing for any other module."""
    first = expects(layer)
    if first is None:
        return {}
    rest = next((rule(layer) for kind, rule in FURTHER if isinstance(layer, kind)), {})
    return {"input": first} | {
        name: replace(hint, dtype=FLOATING, origin=first.origin) for name, hint in rest.items()
    }


def pattern_hint(pattern: str, lengths: dict[str, int]) -> Hint:
    """The left side of an einops pattern.

    >>> pattern_hint("b c (h p) -> b h (p c)", {"p": 4}).dims
    (Size(size=0, name='b'), Size(size=0, name='c'), Size(size=0, name='h'))
    """
    words = re.findall(r"\([^)]*\)|\S+", pattern.partition("->")[0].partition(",")[0])
    last = words[words.index("...") + 1 :] if "..." in words else words
    dims = [_pattern_axis(word, lengths) for word in last]
    grain = tuple(
        (dim.name, of) for dim, word in zip(dims, last, strict=True) if (of := _known(word, lengths)) > 1
    )
    return Hint(tuple(dims), leading="..." in words, grain=grain)


def _pattern_axis(word: str, lengths: dict[str, int]) -> Size:
    """`h`, `4`, `()` and `(h p)`: a group is called by the first axis whose length is open."""
    free = [name for name in word.strip("()").split() if name not in lengths and not name.isdigit()]
    return Size(0, free[0]) if free else Size(_known(word, lengths), "")


def _known(word: str, lengths: dict[str, int]) -> int:
    """The product of a group's known lengths."""
    names = word.strip("()").split()
    return math.prod(int(name) if name.isdigit() else lengths.get(name, 1) for name in names)


def _space(layer: nn.Module) -> str:
    """The spatial axes of a layer whose class is named for its rank."""
    name = type(layer).__name__.lower()
    return next((space for rank, space in SPACE.items() if rank in name), "h w")


def _channels_first(channels: int, layer: nn.Module) -> Hint:
    return Hint(axes(f"b c={channels} {_space(layer)}"))


def _conv(layer: Any) -> Hint:
    return Hint(axes(f"b c={layer.in_channels} {SPACE[f'{len(layer.kernel_size)}d']}"))


def _norm(layer: Any) -> Hint:
    channels = layer.num_features
    return (
        Hint(axes(f"b d={channels}"))
        if isinstance(layer, nn.BatchNorm1d)
        else _channels_first(channels, layer)
    )


def _layer_norm(layer: Any) -> Hint:
    names = {1: "d", 2: "t d", 3: "c h w"}.get(len(layer.normalized_shape), "").split()
    named = names or [""] * len(layer.normalized_shape)
    return Hint(
        tuple(Size(size, name) for size, name in zip(layer.normalized_shape, named, strict=True)),
        leading=True,
    )


def _features(size: int) -> Hint:
    return Hint(axes(f"d={size}"), leading=True)


def _sequence(size: int, batch_first: bool) -> Hint:
    return Hint(axes(f"b t d={size}" if batch_first else f"t b d={size}"))


def _ids(layer: Any) -> Hint:
    return Hint((), leading=True, dtype="int64", low=0, high=layer.num_embeddings)


LAYERS: tuple[tuple[Any, Callable[[Any], Hint]], ...] = (
    (_ConvNd, _conv),
    (_BatchNorm | _InstanceNorm, _norm),
    (nn.LayerNorm | nn.RMSNorm, _layer_norm),
    (nn.GroupNorm, lambda layer: Hint(axes(f"b c={layer.num_channels} h w"))),
    (nn.Linear, lambda layer: _features(layer.in_features)),
    (nn.Bilinear, lambda layer: _features(layer.in1_features)),
    (nn.Embedding | nn.EmbeddingBag, _ids),
    (nn.RNNBase, lambda layer: _sequence(layer.input_size, layer.batch_first)),
    (nn.RNNCellBase, lambda layer: Hint(axes(f"b d={layer.input_size}"))),
    (nn.MultiheadAttention, lambda layer: _sequence(layer.embed_dim, layer.batch_first)),
    (nn.TransformerEncoderLayer | nn.TransformerDecoderLayer, lambda layer: expects(layer.self_attn) or ANY),
    (nn.TransformerEncoder | nn.TransformerDecoder, lambda layer: expects(layer.layers[0]) or ANY),
    (nn.Transformer, lambda layer: _sequence(layer.d_model, layer.batch_first)),
    (
        _MaxPoolNd | _AvgPoolNd | _AdaptiveAvgPoolNd | _AdaptiveMaxPoolNd,
        lambda layer: _channels_first(0, layer),
    ),
    (
        nn.Unfold | nn.PixelShuffle | nn.PixelUnshuffle | nn.ZeroPad2d | nn.ReflectionPad2d,
        lambda layer: Hint(axes("b c h w")),
    ),
)


def _state(layer: Any) -> dict[str, Hint]:
    """The hidden state of a GRU or RNN; an LSTM's is a pair."""
    count = layer.num_layers * (1 + layer.bidirectional)
    return {} if isinstance(layer, nn.LSTM) else {"hx": Hint(axes(f"{count} b {layer.hidden_size}"))}


def _attended(layer: Any) -> dict[str, Hint]:
    order = "b s d={}" if layer.batch_first else "s b d={}"
    return {"key": Hint(axes(order.format(layer.kdim))), "value": Hint(axes(order.format(layer.vdim)))}


def _decoded(layer: Any) -> dict[str, Hint]:
    """What a decoder attends to, or what a whole transformer decodes."""
    hint = expects(layer) or ANY
    return {
        "second": replace(
            hint, dims=tuple(replace(dim, name="s" if dim.name == "t" else dim.name) for dim in hint.dims)
        )
    }


FURTHER: tuple[tuple[Any, Callable[[Any], dict[str, Hint]]], ...] = (
    (nn.RNNBase, _state),
    (nn.MultiheadAttention, _attended),
    (nn.TransformerDecoderLayer | nn.TransformerDecoder | nn.Transformer, _decoded),
    (nn.Bilinear, lambda layer: {"input2": _features(layer.in2_features)}),
)


def _described(layer: nn.Module, hint: Hint) -> str:
    """`Conv2d(3, …)`: the layer as its user wrote it, down to the size that matters."""
    size = hint.high or next((dim.size for dim in hint.dims if dim.size), 0)
    return f"{type(layer).__name__}({size}, …)" if size else type(layer).__name__
