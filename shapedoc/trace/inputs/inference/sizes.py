"""The size of an axis that no layer pins: what the model or its config says, else one unlike the others.

>>> class Net(torch.nn.Module):
...     img_size = (96, 64)
>>> known_sizes(Net())
{'h': 96, 'w': 64}
>>> free_size("t", taken={24})
40
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

import torch

# Where timm, transformers, diffusers, vit-pytorch and many others keep the sizes they were built for.
IMAGE = "img_size image_size input_size input_resolution resolution sample_size image_resolution"
ATTRIBUTES = {
    "h": "sample_height image_height img_height",
    "w": "sample_width image_width img_width",
    "t": "seq_len sequence_length input_len context_points",
    "c": "num_channels in_chans in_channels input_channels channels image_channels",
    "f": "num_frames frames frames_per_clip sample_frames",
    "m": "num_mel_bins n_mels feature_size input_feat_per_channel",
    "cross": "cross_attention_dim joint_attention_dim encoder_hid_dim text_embed_dim text_dim cond_dim "
    "context_dim caption_channels cross_attention_hidden_size",
    "mel_t": "max_length",
    "vocab": "vocab_size num_tokens n_vocab num_embeddings",
    "pooled": "pooled_projection_dim",
}
# Tables of positions: a sequence may be shorter, never longer.
LIMITS = {"t": "max_position_embeddings n_positions max_seq_len block_size context_length max_length"}

DEFAULTS = {
    "b": (2,), "c": (3,), "h": (224,), "w": (224,), "f": (8, 4), "d": (64,), "m": (80,), "samples": (16000,),
    "t": (24, 40), "s": (40, 56), "u": (56, 28), "n": (48, 72),
}  # fmt: skip
OTHERS = (20, 36, 28, 44, 52, 60, 68)


def known_sizes(model: torch.nn.Module) -> dict[str, int]:
    """Axis to size, from the attributes of the model, its config, and then its parts."""
    own = [_held_sizes(holder) for holder in _holders(model)]
    parts = [_sides(module) for module in model.modules()]
    return {axis: size for sizes in reversed([*own, *parts]) for axis, size in sizes.items()}


def free_size(axis: str, taken: Collection[int], limit: int | None = None) -> int:
    """A default for an axis, unlike the sizes already taken where there is a choice, and within its limit."""
    choices = DEFAULTS.get(axis, OTHERS)
    size = next((size for size in choices if size not in taken), choices[0])
    return size if limit is None or size <= limit else limit


def limits(model: torch.nn.Module) -> dict[str, int]:
    """Axis to the largest size that the model has positions for."""
    found: dict[str, int] = {}
    for holder in _holders(model):
        for axis, names in LIMITS.items():
            sizes = [size for name in names.split() if (size := _size(holder, name)) is not None and size > 1]
            found |= {axis: min([*sizes, found.get(axis, sizes[0])])} if sizes else {}
    return found


def _holders(model: torch.nn.Module) -> Iterator[Any]:
    yield from _configs(getattr(model, "config", None))
    yield model
    yield from _timm_config(model)


def _configs(config: Any) -> Iterator[Any]:
    if config is None:
        return
    yield config
    for name in ("vision_config", "text_config", "audio_config", "backbone_config", "encoder"):
        yield from _configs(getattr(config, name, None))


def _timm_config(model: torch.nn.Module) -> Iterator[dict[str, Any]]:
    """timm's `default_cfg["input_size"]` is (c, h, w)."""
    settings = getattr(model, "pretrained_cfg", None) or getattr(model, "default_cfg", None) or {}
    if isinstance(settings, dict) and len(settings.get("input_size") or ()) == 3:
        yield {"in_chans": settings["input_size"][0], "img_size": settings["input_size"][1:]}


def _held_sizes(holder: Any) -> dict[str, int]:
    named = {axis: _first(holder, names) for axis, names in ATTRIBUTES.items()}
    return _sides(holder) | {axis: size for axis, size in named.items() if size}


def _sides(holder: Any) -> dict[str, int]:
    pair = next((pair for name in IMAGE.split() if (pair := _pair(holder, name))), ())
    return dict(zip("hw", pair, strict=False))


def _first(holder: Any, names: str) -> int | None:
    return next((size for name in names.split() if (size := _size(holder, name))), None)


def _get(holder: Any, name: str) -> Any:
    if isinstance(holder, torch.nn.Module):
        # Attributes set by the user's __init__ or class body; properties may compute or raise.
        return vars(holder).get(name, vars(type(holder)).get(name))
    return holder.get(name) if isinstance(holder, dict) else getattr(holder, name, None)


def _size(holder: Any, name: str) -> int | None:
    value = _get(holder, name)
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _pair(holder: Any, name: str) -> tuple[int, int] | None:
    value = _get(holder, name)
    if isinstance(value, int) and not isinstance(value, bool):
        return value, value
    if isinstance(value, tuple | list) and len(value) == 2 and all(isinstance(item, int) for item in value):
        return int(value[0]), int(value[1])
    return None
