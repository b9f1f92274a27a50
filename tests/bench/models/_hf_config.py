"""Configurations of transformers' model types, made small.

>>> config = small_config("llama")
>>> config.hidden_size, config.num_hidden_layers, config.vocab_size
(64, 2, 32000)

Vocabularies and image sizes stay as they are, so that special token ids and patch grids stay right. Layer
patterns keep one layer of each kind. Heads, features, experts and tokens all get sizes of their own, so that
no two axes fit by coincidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from transformers import PreTrainedConfig
from transformers.models.auto.configuration_auto import CONFIG_MAPPING

from ._hf_overrides import OVERRIDES

_NAMES_BY_SIZE = {
    1: "n_group topk_group",
    2: (
        "num_hidden_layers num_layers n_layer n_layers depth encoder_layers decoder_layers num_encoder_layers "
        "num_decoder_layers decoder_num_hidden_layers num_key_value_heads num_experts_per_tok"
    ),
    4: (
        "num_attention_heads num_heads n_head n_heads encoder_attention_heads decoder_attention_heads "
        "decoder_num_attention_heads index_n_heads num_experts num_local_experts n_routed_experts"
    ),
    8: "qk_rope_head_dim rotary_dim index_topk",
    16: "head_dim v_head_dim qk_nope_head_dim d_kv index_head_dim",
    24: "kv_lora_rank",
    32: "q_lora_rank",
    40: "moe_intermediate_size shared_expert_intermediate_size",
    48: "embedding_size",
    64: (
        "hidden_size d_model n_embd embed_dim dim hidden_dim projection_dim out_hidden_size decoder_hidden_size "
        "encoder_hidden_size attention_hidden_size"
    ),
    96: (
        "intermediate_size encoder_ffn_dim decoder_ffn_dim ffn_dim d_ff n_inner dim_feedforward "
        "decoder_intermediate_size"
    ),
    512: "n_positions max_position_embeddings max_source_positions max_target_positions",
}
LARGEST = {name: size for size, names in _NAMES_BY_SIZE.items() for name in names.split()}


def small_config(model_type: str) -> PreTrainedConfig:
    """The default configuration of a model type with `LARGEST` and the type's own overrides applied."""
    config = CONFIG_MAPPING[model_type]()
    for part in _parts(config):
        _shrink(part)
    _keep_tokens_in_vocabulary(config)
    for path, value in OVERRIDES.get(model_type, {}).items():
        parent, _, name = path.rpartition(".")
        setattr(attrgetter(parent)(config) if parent else config, name, value)
    return config


def _parts(config: PreTrainedConfig) -> Iterator[PreTrainedConfig]:
    yield config
    for value in list(vars(config).values()):
        if isinstance(value, PreTrainedConfig):
            yield from _parts(value)


def _shrink(config: PreTrainedConfig) -> None:
    fields: dict[str, Any] = vars(config)
    if isinstance(fields.get("depths"), (list, tuple)):  # a pyramid: its widths depend on one another
        config.depths = [min(2, depth) for depth in fields["depths"]]
        return
    for name, largest in LARGEST.items():
        if isinstance(fields.get(name), int) and fields[name] > largest:
            setattr(config, name, largest)
    _agree_on_heads(config)
    if "mrope_section" in getattr(config, "ignore_keys_at_rope_validation", ()):
        _fit_rotary_sections(config)
    _keep_one_of_each_kind(config)


def _agree_on_heads(config: PreTrainedConfig) -> None:
    fields = vars(config)
    for name in ("head_dim", "num_key_value_heads"):
        if name in fields and fields[name] is None:
            setattr(config, name, LARGEST[name])
    if {"head_dim", "qk_rope_head_dim"} <= fields.keys():  # the rotated part, in multi-head latent attention
        config.head_dim = config.qk_rope_head_dim
    if "kv_lora_rank" in fields and "num_key_value_heads" in fields:
        config.num_key_value_heads = config.num_attention_heads


def _fit_rotary_sections(config: PreTrainedConfig) -> None:
    """Time, height and width share the rotated half of a head."""
    rope = config.rope_parameters
    half = int(getattr(config, "head_dim", LARGEST["head_dim"]) * rope.get("partial_rotary_factor", 1.0)) // 2
    rope["mrope_section"] = [half // 4, half // 4, half - 2 * (half // 4)]


def _keep_tokens_in_vocabulary(config: PreTrainedConfig) -> None:
    """Some defaults join a placeholder token of one release to the smaller vocabulary of another."""
    sizes = [part.vocab_size for part in _parts(config) if isinstance(vars(part).get("vocab_size"), int)]
    smallest = min(sizes, default=0)
    tokens = {
        name: token for name, token in vars(config).items() if name.endswith(("token_id", "token_index"))
    }
    for position, (name, token) in enumerate(tokens.items(), start=1):
        if isinstance(token, int) and 0 < smallest <= token:
            setattr(config, name, smallest - position)


def _keep_one_of_each_kind(config: PreTrainedConfig) -> None:
    fields = vars(config)
    if kinds := list(dict.fromkeys(fields.get("layer_types") or ())):
        config.layer_types = kinds if len(kinds) > 1 else kinds * 2
        config.num_hidden_layers = len(config.layer_types)
    if kinds := list(dict.fromkeys(fields.get("layers_block_type") or ())):
        config.layers_block_type, config.num_hidden_layers = kinds, len(kinds)
    if kinds := list(dict.fromkeys(fields.get("mlp_layer_types") or ())):
        config.mlp_layer_types = (kinds + kinds[-1:] * config.num_hidden_layers)[: config.num_hidden_layers]
