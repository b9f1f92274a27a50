"""What each forward parameter of transformers is usually given.

>>> from transformers import ViTConfig
>>> USUAL["pixel_values"](ViTConfig()).shape
torch.Size([2, 3, 224, 224])

`USUAL` goes by parameter name. `GRID` is for the models whose vision tower takes a flat list of patches with
the height and width of each image beside it (Qwen-VL, GLM-V and their kin); there the text holds one
placeholder for every merged patch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from transformers import PreTrainedConfig

Maker = Callable[[PreTrainedConfig], Any]

BATCH, TOKENS, DECODED, FRAMES, SAMPLES = 2, 12, 7, 200, 8000
LOWEST_ID, HIGHEST_ID = 5, 25  # inside every vocabulary
ROWS, COLUMNS = 4, 6  # patches of one image


def floats(*shape: int) -> Maker:
    return lambda config: torch.randn(shape)


def ints(below: int, *shape: int) -> Maker:
    return lambda config: torch.randint(0, below, shape)


def ones(*shape: int) -> Maker:
    return lambda config: torch.ones(shape, dtype=torch.long)


def constant(value: Any) -> Maker:
    return lambda config: value


def text(length: int = TOKENS) -> Maker:
    """Token ids, none of them special to the model."""

    def make(config: PreTrainedConfig) -> Tensor:
        plain = torch.tensor(
            [token for token in range(LOWEST_ID, HIGHEST_ID) if token not in _special(config)]
        )
        return plain[torch.randint(0, len(plain), (BATCH, length))]

    return make


def _special(config: PreTrainedConfig) -> set[Any]:
    values = [item for part in _parts(config) for item in vars(part).items()]
    return {
        value
        for name, value in values
        if name.endswith(("token_id", "token_index")) and isinstance(value, int)
    }


def placeholders(count: int, *names: str) -> Maker:
    """Three words, `count` image tokens, three words."""

    def make(config: PreTrainedConfig) -> Tensor:
        token = first(config, *(names or ("image_token_id", "image_token_index")))
        words = (text(3)(config) for _ in range(2))
        before, after = (found.where(found != token, token + 1) for found in words)  # none for an image
        return torch.cat([before, torch.full((BATCH, count), token), after], dim=1)

    return make


def images(config: PreTrainedConfig) -> Tensor:
    return torch.randn(BATCH, _channels(config), *_image_size(config))


def several_images(count: int) -> Maker:
    """`count` frames or tiles a sample."""
    return lambda config: torch.randn(BATCH, count, _channels(config), *_image_size(config))


def frames_by_bins(config: PreTrainedConfig) -> Tensor:
    return torch.randn(BATCH, FRAMES, first(config, "num_mel_bins") or 80)


def bins_by_frames(frames: int) -> Maker:
    return lambda config: torch.randn(BATCH, first(config, "num_mel_bins") or 80, frames)


def thirty_seconds(config: PreTrainedConfig) -> Tensor:
    """As many frames as Whisper's encoder has positions for, before its convolution halves them."""
    return bins_by_frames(2 * first(config, "max_source_positions"))(config)


def boxes(count: int = TOKENS) -> Maker:
    """Left, top, right, bottom of each token, inside a page of 1000 by 1000."""
    return lambda config: torch.randint(0, 400, (BATCH, count, 4)) + torch.tensor([0, 0, 400, 400])


def patches(config: PreTrainedConfig) -> Tensor:
    side = first(config, "patch_size")
    depth = first(config, "temporal_patch_size") or 1
    return torch.randn(BATCH * ROWS * COLUMNS, _channels(config) * depth * side**2)


def grid(config: PreTrainedConfig) -> Tensor:
    return torch.tensor([[1, ROWS, COLUMNS]] * BATCH)


def _placeholders_of_grid(config: PreTrainedConfig) -> Tensor:
    merged = (first(config, "spatial_merge_size", "merge_size") or 2) ** 2
    return placeholders(ROWS * COLUMNS // merged)(config)


def _kinds_of_token(config: PreTrainedConfig, token_ids: Tensor) -> Tensor:
    return (token_ids == first(config, "image_token_id", "image_token_index")).long()


def _channels(config: PreTrainedConfig) -> int:
    return int(first(config, "num_channels", "in_channels", "in_chans") or 3)


def _image_size(config: PreTrainedConfig) -> tuple[int, ...]:
    side = first(config, "image_size") or 224
    return (side, side) if isinstance(side, int) else tuple(side)[-2:]


def first(config: PreTrainedConfig, *names: str) -> Any:
    """The first of these attributes that the configuration or one of its parts has."""
    found = (getattr(part, name, None) for name in names for part in _parts(config))
    return next((value for value in found if value is not None), None)


def _parts(config: PreTrainedConfig) -> list[PreTrainedConfig]:
    return [config, *(value for value in vars(config).values() if isinstance(value, PreTrainedConfig))]


USUAL: dict[str, Maker] = {
    "input_ids": text(),
    "attention_mask": ones(BATCH, TOKENS),
    "decoder_input_ids": text(DECODED),
    "pixel_values": images,
    "pixel_values_videos": several_images(8),
    "input_features": frames_by_bins,
    "input_values": floats(BATCH, SAMPLES),
}
GRID: dict[str, Maker] = {
    **USUAL,
    "input_ids": _placeholders_of_grid,
    "mm_token_type_ids": ones(BATCH, TOKENS),
    "pixel_values": patches,
    "hidden_states": patches,
    "image_grid_thw": grid,
    "grid_thw": grid,
}
# What follows from the token ids, whatever their length is.
DERIVED: dict[str, Callable[[PreTrainedConfig, Tensor], Tensor]] = {
    "attention_mask": lambda config, token_ids: torch.ones_like(token_ids),
    "mm_token_type_ids": _kinds_of_token,
}
