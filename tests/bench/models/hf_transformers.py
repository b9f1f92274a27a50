"""Every model type of transformers whose base model can be built from a configuration, small; many full size.

>>> entry = next(entry for entry in ENTRIES if entry.name == "llama-3-8b")
>>> {name: tuple(tensor.shape) for name, tensor in entry.inputs()[1].items()}
{'input_ids': (2, 12)}

The small ones are all of `MODEL_MAPPING_NAMES` (transformers 5.23) but for types that name a class twice and
those of `_hf_absent.ABSENT`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from torch import nn
from transformers import PreTrainedConfig, logging
from transformers.models.auto.configuration_auto import CONFIG_MAPPING
from transformers.models.auto.modeling_auto import MODEL_MAPPING, MODEL_MAPPING_NAMES

from . import Entry, Inputs
from ._hf_absent import ABSENT, FAULTS, NEEDS
from ._hf_config import small_config
from ._hf_inputs import model_inputs
from ._hf_published import PUBLISHED

__all__ = ["ABSENT", "ENTRIES"]

Configure = Callable[[], PreTrainedConfig]


def build(configure: Configure) -> nn.Module:
    config = configure()
    model: nn.Module = _model_class(config)(config)
    return model


def inputs(configure: Configure) -> Inputs:
    config = configure()
    return (), model_inputs(_model_class(config), config)


def inputs_unmasked(configure: Configure) -> Inputs:
    """Without the mask: transformers looks at its values, so that no pass on meta could be compared with."""
    args, kwargs = inputs(configure)
    return args, {name: value for name, value in kwargs.items() if name != "attention_mask"}


def _model_class(config: PreTrainedConfig) -> type[nn.Module]:
    classes: Any = MODEL_MAPPING[type(config)]
    model: type[nn.Module] = classes[0] if isinstance(classes, (tuple, list)) else classes
    return model


def _published_config(name: str) -> PreTrainedConfig:
    model_type, arguments = PUBLISHED[name]
    return CONFIG_MAPPING[model_type](**arguments)


def _small() -> Iterator[Entry]:
    seen: set[Any] = set()
    for model_type, name in MODEL_MAPPING_NAMES.items():
        if name in seen or model_type in ABSENT:
            continue
        seen.add(name)
        configure = partial(small_config, model_type)
        yield Entry(
            model_type,
            "hf_transformers",
            partial(build, configure),
            partial(inputs, configure),
            needs=NEEDS.get(model_type, ()),
            faults=FAULTS.get(model_type, {}),
        )


def _published() -> Iterator[Entry]:
    for name in PUBLISHED:
        configure = partial(_published_config, name)
        yield Entry(
            name, "hf_transformers", partial(build, configure), partial(inputs_unmasked, configure), "real"
        )


logging.set_verbosity_error()
_model_class(small_config("llama"))  # transformers imports what its models share now, not in every fork
ENTRIES = (*_small(), *_published())
