"""What the name of a parameter says of it, for the names that models share.

The names are those of torchvision, timm, transformers, diffusers and of the code beside papers.

>>> named("decoder_input_ids").dims, named("decoder_input_ids").dtype
((Size(size=0, name='b'), Size(size=0, name='u')), 'int64')
>>> named("something_else") == ANY
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shapedoc.trace.inputs.inference.hints import ANY, FLOATING, Dims, Hint, axes

INTEGERS: dict[str, Any] = {"dtype": "int64", "low": 0}
FLOATS: dict[str, Any] = {"dtype": FLOATING}
IDS: dict[str, Any] = INTEGERS | {"high": "vocab"}
MASK: dict[str, Any] = {"dtype": "int64", "low": 1, "high": 2}

# Parameter name, axes, what else is known. `s` is a sequence beside the main one, `u` a decoder's.
NAMES: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    (r"pixel_values|(\w+_)?(images?|imgs?)|image_tensor", "b c h w", {}),
    (r"pixel_values_videos|videos?|clips?", "b c f h w", {}),
    (r"bool_masked_pos", "b n", {"dtype": "bool"}),
    (r"(decoder_input|tgt|target|labels?)_(ids|tokens)", "b u", IDS),
    (r"img_ids", "n 3", {}),
    (r"txt_ids", "s 3", {}),
    (r"position_ids|positions?", "b t", INTEGERS | {"high": 2}),
    (r"(token_type|segment|type)_ids", "b t", INTEGERS | {"high": 2}),
    (r"(\w+_)?(ids|tokens?)|idx|indices|texts?", "b t", IDS),
    (r"bbox", "b t 4", INTEGERS | {"high": 2}),
    (r"encoder_attention_mask|encoder_hidden_states_mask|(context|memory|cond)_mask", "b s", MASK),
    (r"(\w+_)?masks?", "b t", MASK),
    (r"t|ts|times?|time_?steps?|steps?|diffusion_steps?", "b", INTEGERS | {"high": 1000}),
    (r"sigmas?|noise_levels?|guidance|log_snr", "b", {}),
    (r"labels?|y|class(es|_labels?|_ids?)?|targets?|cls", "b", INTEGERS | {"high": 10}),
    (r"(input_|seq_|src_|x_)?(lengths?|lens?)", "b", INTEGERS | {"low": "t"}),
    (r"encoder_hidden_states(_\w+)?|context|memory|cond(itioning)?|text_emb\w*", "b s cross", {}),
    (r"enc(oder)?_(out(puts?)?|hidden)", "b s cross", {}),
    (r"pooled_projections?", "b pooled", {}),
    (r"input_features", "b m n", {}),
    (r"input_values|audio|waveforms?|wavs?|raw_audio", "b samples", {}),
    (r"input_values", "b mel_t m", {}),
    (r"input_values|audio|waveforms?|wavs?|raw_audio", "b c samples", {}),
    (r"mels?|spec(trogram)?s?", "b m n", {}),
    (r"src", "b s d", FLOATS),
    (r"tgt", "b u d", FLOATS),
    (r"q|query|queries", "b t d", FLOATS),
    (r"k|v|keys?|values?", "b s d", FLOATS),
    (r"inputs_embeds|hidden_states|embed(ding)?s|seq(uence)?s?", "b t d", FLOATS),
    (r"edge_index", "2 edges", INTEGERS | {"high": 2}),
    (r"adj(acency)?(_matrix|_mat)?", "n n", {}),
    (r"points?|xyz|pos|point_cloud|pcd?|coords?", "b n 3", {}),
    (r"z|latents?|noise", "b d", FLOATS),
)  # fmt: skip
_COMPILED = tuple((re.compile(pattern), Hint(axes(dims), **known)) for pattern, dims, known in NAMES)


def named(parameter: str, like: Dims = ()) -> Hint:
    """The hint in a parameter's name, if possible one `like` what is known; `ANY` if it says nothing."""
    found = [hint for pattern, hint in _COMPILED if pattern.fullmatch(parameter.lower())]
    if not found:
        return ANY
    best = max(found, key=lambda hint: _likeness(hint.dims, like))
    return replace(best, origin=f"its name, {parameter}")


def is_guessed(parameter: str) -> bool:
    """Whether a name leaves open if samples or positions come first; `src` is either, by torch's own custom.

    >>> is_guessed("x"), is_guessed("src"), is_guessed("input_ids")
    (True, True, False)
    """
    return [dim.name for dim in named(parameter).dims[:2]] != ["b", "t"]


def _likeness(dims: Dims, like: Dims) -> int:
    """Nothing for another rank; for the same, one and as many as have the same name."""
    if len(dims) != len(like):
        return 0
    return 1 + sum(ours.name == theirs.name for ours, theirs in zip(dims, like, strict=True))
