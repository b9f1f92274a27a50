"""The inputs of a transformers model, from the names of its forward parameters.

>>> from transformers import BertConfig, BertModel
>>> {name: tuple(tensor.shape) for name, tensor in model_inputs(BertModel, BertConfig()).items()}
{'input_ids': (2, 12), 'attention_mask': (2, 12)}

A parameter is given when the model requires it, when it carries the data of its modality, or when the model
type asks for it in `_hf_arguments`.
"""

from __future__ import annotations

import inspect
from typing import Any

from torch import nn
from transformers import PreTrainedConfig

from ._hf_arguments import ARGUMENTS
from ._hf_makers import DERIVED, GRID, USUAL, Maker

MODALITIES = ("input_ids", "pixel_values", "input_features", "input_values")


def model_inputs(model: type[nn.Module], config: PreTrainedConfig) -> dict[str, Any]:
    """Every argument of one call, as `name=tensor`."""
    makers = {**_usual(model, config), **ARGUMENTS.get(config.model_type, {})}
    made = {name: make(config) for name, make in makers.items() if make is not None}
    if "input_ids" not in made:
        return made
    return made | {
        name: derive(config, made["input_ids"]) for name, derive in DERIVED.items() if name in made
    }


def _usual(model: type[nn.Module], config: PreTrainedConfig) -> dict[str, Maker]:
    parameters = inspect.signature(model.forward).parameters
    makers = GRID if {"image_grid_thw", "grid_thw"} & parameters.keys() else USUAL
    given = {name for name, parameter in parameters.items() if _required(parameter)} - {"self"}
    given |= {
        "input_ids",
        "attention_mask",
        "pixel_values",
        "image_grid_thw",
        "mm_token_type_ids",
    } & parameters.keys()
    if "input_ids" not in given:
        given -= {"attention_mask"}
    if not given & {"input_ids", "pixel_values", "hidden_states"}:
        given |= set(MODALITIES) & parameters.keys()
    if config.is_encoder_decoder and "decoder_input_ids" in parameters:
        given.add("decoder_input_ids")
    return {name: makers[name] for name in parameters if name in given and name in makers}


def _required(parameter: inspect.Parameter) -> bool:
    return parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
