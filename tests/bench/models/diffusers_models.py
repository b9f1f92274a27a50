"""Image, video and audio models of diffusers: reduced, and several at their published size.

>>> entry = next(entry for entry in ENTRIES if entry.name == "sd-1.5-unet")
>>> [tuple(tensor.shape) for tensor in entry.inputs()[0][:3]]
[(2, 4, 64, 64), (2,), (2, 77, 768)]

Source of the sizes: the `config.json` of each model on https://huggingface.co, and the defaults of diffusers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import diffusers
from torch import nn

from . import Entry
from ._diffusers_inputs import SIGNATURES
from ._diffusers_sizes import PUBLISHED, SMALL

ABSENT = {
    "AutoencoderKLAllegro": "encodes in tiles only, after enable_tiling()",
    "MotionAdapter": "holds the motion modules of UNetMotionModel and has no forward of its own",
}


def build(class_name: str, sizes: dict[str, Any]) -> Callable[[], nn.Module]:
    """The class is looked up now: diffusers imports it then, once, and not in every process of its own."""
    model_class = getattr(diffusers, class_name)
    return lambda: model_class(**sizes)


ENTRIES = (
    *(
        Entry(name, "diffusers_models", build(name, sizes), SIGNATURES[name], "small")
        for name, sizes in SMALL.items()
    ),
    *(
        Entry(name, "diffusers_models", build(class_name, sizes), SIGNATURES[name], "real")
        for name, (class_name, sizes) in PUBLISHED.items()
    ),
)
