"""Every model that x-transformers' README constructs and that takes tensors, with the README's arguments.

>>> entry = next(entry for entry in ENTRIES if entry.name == "XTransformer")
>>> [tuple(tensor.shape) for tensor in entry.inputs()[0]]
[(1, 1024), (1, 1024)]

Source: https://github.com/lucidrains/x-transformers, README of release 2.31. Most examples differ from a plain
decoder or encoder by one option; the table tells which. GPT-3, at 175 billion parameters, is there as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import Tensor, nn
from x_transformers import (
    AutoregressiveWrapper,
    ContinuousAutoregressiveWrapper,
    ContinuousTransformerWrapper,
    CrossAttender,
    Decoder,
    Encoder,
    TransformerWrapper,
    ViTransformerWrapper,
    XLAutoregressiveWrapper,
    XTransformer,
    XValAutoregressiveWrapper,
    XValTransformerWrapper,
)

from . import Entry, Inputs
from ._inputs import call, ids, normal, trues

ABSENT = {"resi_dual": "an option of the README that release 2.31 no longer takes"}

TOKENS = call(ids(20000, 1, 1024))
BYTES = call(ids(256, 1, 1024))
IMAGE = call(normal(1, 3, 256, 256))
FEATURES = call(normal(1, 1024, 32), mask=trues(1, 1024))

Row = tuple[Callable[[], nn.Module], Callable[[], Inputs]]


def _decoder(*, heads: int = 8, depth: int = 6, **options: Any) -> Decoder:
    return Decoder(dim=512, depth=depth, heads=heads, **options)


def _encoder(*, heads: int = 8, depth: int = 6, **options: Any) -> Encoder:
    return Encoder(dim=512, depth=depth, heads=heads, **options)


def _language_model(layers: nn.Module, **options: Any) -> TransformerWrapper:
    return TransformerWrapper(**{"num_tokens": 20000, "max_seq_len": 1024, **options}, attn_layers=layers)


def _vision(**options: Any) -> ViTransformerWrapper:
    return ViTransformerWrapper(image_size=256, patch_size=32, attn_layers=_encoder(), **options)


def _encoder_decoder(**options: Any) -> XTransformer:
    sizes = {"num_tokens": 256, "depth": 6, "heads": 8, "max_seq_len": 1024}
    both = {f"{side}_{name}": size for side in ("enc", "dec") for name, size in sizes.items()}
    return XTransformer(dim=512, **both, **options)


def _continuous(dim_in: int, dim_out: int) -> ContinuousTransformerWrapper:
    return ContinuousTransformerWrapper(
        dim_in=dim_in, dim_out=dim_out, max_seq_len=1024, attn_layers=_decoder(depth=12)
    )


def _xl(layers: Decoder, **options: Any) -> TransformerWrapper:
    return _language_model(layers, max_seq_len=512, max_mem_len=2048, **options)


class Captioner(nn.Module):
    """The README's image captioning: the embeddings of an image are the context of a decoder."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = _vision()
        self.decoder = _language_model(_decoder(cross_attend=True))

    def forward(self, image: Tensor, caption: Tensor) -> Tensor:
        return self.decoder(caption, context=self.encoder(image, return_embeddings=True))


class PaLI(nn.Module):
    """The README's PaLI: the embeddings of an image stand before those of the prompt."""

    def __init__(self) -> None:
        super().__init__()
        self.vit, self.pali = _vision(), _encoder_decoder()

    def forward(self, image: Tensor, prompt: Tensor, target: Tensor, mask: Tensor) -> Tensor:
        embeddings = self.vit(image, return_embeddings=True)
        return self.pali(prompt, target, mask=mask, src_prepend_embeds=embeddings)


class Neighbours(nn.Module):
    """The README's cross attender: nodes look at their encoded neighbours."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder, self.attender = Encoder(dim=512, depth=6), CrossAttender(dim=512, depth=6)

    def forward(self, nodes: Tensor, neighbours: Tensor, node_mask: Tensor, neighbour_mask: Tensor) -> Tensor:
        context = self.encoder(neighbours, mask=neighbour_mask)
        return self.attender(nodes, context=context, mask=node_mask, context_mask=neighbour_mask)


class Segments(nn.Module):
    """The README's Transformer-XL: three segments, each with the memories of the one before."""

    def __init__(self, model: TransformerWrapper) -> None:
        super().__init__()
        self.model = model

    def forward(self, *segments: Tensor) -> Tensor:
        memories = None
        for segment in segments:
            logits, memories = self.model(segment, mems=memories, return_mems=True)
        return logits


SEGMENTS = call(ids(20000, 1, 512), ids(20000, 1, 512), ids(20000, 1, 512))
# Options of a decoder with which the README shows a language model.
DECODER_OPTIONS: dict[str, dict[str, Any]] = {
    "attn_flash": {"attn_flash": True},
    "use_scalenorm": {"use_scalenorm": True},
    "use_rmsnorm": {"use_rmsnorm": True},
    "use_simple_rmsnorm": {"use_simple_rmsnorm": True},
    "ff_glu": {"ff_glu": True},
    "ff_swish": {"ff_swish": True, "ff_glu": True},
    "ff_no_bias": {"ff_no_bias": True},
    "ff_relu_squared": {"ff_relu_squared": True},
    "attn_sparse_topk": {"attn_sparse_topk": 8, "attn_sparse_topk_straight_through": True},
    "attn_hard": {"attn_hard": True},
    "attn_talking_heads": {"attn_pre_talking_heads": True, "attn_post_talking_heads": True},
    "attn_one_kv_head": {"attn_one_kv_head": True},
    "attn_kv_heads": {"depth": 12, "attn_kv_heads": 2},
    "rel_pos_bias": {"rel_pos_bias": True},
    "gate_residual": {"heads": 16, "gate_residual": True},
    "rotary_pos_emb": {"rotary_pos_emb": True},
    "rotary_xpos": {"rotary_xpos": True},
    "alibi_pos_bias": {"alibi_pos_bias": True, "alibi_num_heads": 4},
    "shift_tokens": {"shift_tokens": 1},
    "shift_tokens-by-layer": {"shift_tokens": (1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0)},
    "sandwich_norm": {"sandwich_norm": True},
    "attn_head_scale": {"attn_head_scale": True},
    "ff_post_act_ln": {"ff_post_act_ln": True},
    "scale_residual": {"scale_residual": True},
    "attn_qk_norm-groups": {"attn_qk_norm": True, "attn_qk_norm_groups": 8},
    "attn_qk_norm-scale": {"attn_qk_norm": True, "attn_qk_norm_scale": 10},
    "attn_qk_norm-dim-scale": {"depth": 12, "attn_qk_norm": True, "attn_qk_norm_dim_scale": True},
    "dropouts": {"layer_dropout": 0.1, "attn_dropout": 0.1, "ff_dropout": 0.1},
}
ENCODER_OPTIONS: dict[str, dict[str, Any]] = {
    "attn_on_attn": {"attn_on_attn": True},
    "attn_gate_values": {"attn_gate_values": True},
    "sandwich_coef": {"sandwich_coef": 6},
    "weight_tie_layers": {"depth": 12, "weight_tie_layers": True},
    "macaron": {"macaron": True},
    "residual_attn": {"pre_norm": False, "residual_attn": True},
}
MODEL_OPTIONS: dict[str, dict[str, Any]] = {
    "l2norm_embed": {"l2norm_embed": True},
    "post_emb_norm": {"post_emb_norm": True},
    "no-positions": {"use_abs_pos_emb": False},
}


def _gpt3() -> nn.Module:
    layers = Decoder(dim=12288, depth=96, heads=96, attn_dim_head=128)
    return _language_model(layers, num_tokens=50000, max_seq_len=2048)


def _repeated_layers() -> nn.Module:
    order = (*((0, 1) * 4), *((2, 3) * 4), *((4, 5) * 4))
    return _language_model(Decoder(dim=512, custom_layers=("a", "f") * 3, layers_execute_order=order))


def _byte_model() -> nn.Module:
    layers = _decoder(dynamic_pos_bias=True, dynamic_pos_bias_log_distance=False)
    return _language_model(layers, num_tokens=256)


def _xval() -> nn.Module:
    layers = _decoder(depth=12)
    model = XValTransformerWrapper(num_tokens=4, numerical_token_id=3, max_seq_len=1024, attn_layers=layers)
    return XValAutoregressiveWrapper(model)


MODELS: dict[str, Row] = {
    "XTransformer": (
        lambda: _encoder_decoder(tie_token_emb=True),
        call(ids(256, 1, 1024), ids(256, 1, 1024), mask=trues(1, 1024)),
    ),
    "dec_cross_residual_attn": (
        lambda: _encoder_decoder(dec_cross_residual_attn=True),
        call(ids(256, 1, 1024), ids(256, 1, 1024)),
    ),
    "Decoder": (lambda: _language_model(_decoder(depth=12)), BYTES),
    "GPT-3": (_gpt3, call(ids(50000, 1, 2048))),
    "Encoder": (
        lambda: _language_model(_encoder(depth=12)),
        call(ids(256, 1, 1024), mask=trues(1, 1024)),
    ),
    "attn_num_mem_kv": (lambda: _encoder(attn_num_mem_kv=16), call(normal(1, 1024, 512))),
    "num_memory_tokens": (lambda: _language_model(_encoder(), num_memory_tokens=20), TOKENS),
    "ViTransformerWrapper": (lambda: _vision(num_classes=1000), IMAGE),
    "captioning": (Captioner, call(normal(1, 3, 256, 256), ids(20000, 1, 1024))),
    "PaLI": (PaLI, call(normal(1, 3, 256, 256), ids(256, 1, 1024), ids(256, 1, 1024), trues(1, 1024))),
    "emb_dropout": (lambda: _language_model(_decoder(), emb_dropout=0.1), TOKENS),
    "layers_execute_order": (_repeated_layers, TOKENS),
    "dynamic_pos_bias": (_byte_model, BYTES),
    "Transformer-XL": (lambda: Segments(_xl(_decoder(rel_pos_bias=True))), SEGMENTS),
    "XLAutoregressiveWrapper": (
        lambda: XLAutoregressiveWrapper(_xl(_decoder(rel_pos_bias=True))),
        call(ids(20000, 1, 4096)),
    ),
    "shift_mem_down": (
        lambda: Segments(_xl(_decoder(rotary_pos_emb=True, rotate_num_heads=4), shift_mem_down=1)),
        SEGMENTS,
    ),
    "AutoregressiveWrapper": (
        lambda: AutoregressiveWrapper(_language_model(_decoder(depth=12)), mask_prob=0.15),
        BYTES,
    ),
    "CrossAttender": (Neighbours, call(normal(1, 1, 512), normal(1, 5, 512), trues(1, 1), trues(1, 5))),
    "ContinuousTransformerWrapper": (lambda: _continuous(32, 100), FEATURES),
    "ContinuousAutoregressiveWrapper": (
        lambda: ContinuousAutoregressiveWrapper(_continuous(777, 777)),
        call(normal(1, 1024, 777), mask=trues(1, 1024)),
    ),
    "XValAutoregressiveWrapper": (_xval, call(ids(4, 1, 777), normal(1, 777))),
}


def _decoder_with(options: dict[str, Any]) -> Callable[[], nn.Module]:
    return lambda: _language_model(_decoder(**options))


def _encoder_with(options: dict[str, Any]) -> Callable[[], nn.Module]:
    return lambda: _language_model(_encoder(**options))


def _model_with(options: dict[str, Any]) -> Callable[[], nn.Module]:
    return lambda: _language_model(_decoder(), **options)


MODELS |= {name: (_decoder_with(options), TOKENS) for name, options in DECODER_OPTIONS.items()}
MODELS |= {name: (_encoder_with(options), TOKENS) for name, options in ENCODER_OPTIONS.items()}
MODELS |= {name: (_model_with(options), TOKENS) for name, options in MODEL_OPTIONS.items()}

ENTRIES = tuple(
    Entry(name, "x_transformers", build, inputs, "real") for name, (build, inputs) in MODELS.items()
)
