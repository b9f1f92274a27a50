"""Published sizes, as arguments of each model type's configuration class; what is not given is the default.

>>> PUBLISHED["mixtral-8x7b"]
('mixtral', {})

Source: the `config.json` of each model on https://huggingface.co.
"""

from __future__ import annotations

from typing import Any


def _decoder(
    hidden: int, feed_forward: int, layers: int, heads: int, kv_heads: int, **more: Any
) -> dict[str, Any]:
    return {
        "hidden_size": hidden,
        "intermediate_size": feed_forward,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        **more,
    }


def _encoder(hidden: int, feed_forward: int, layers: int, heads: int, **more: Any) -> dict[str, Any]:
    return {
        "hidden_size": hidden,
        "intermediate_size": feed_forward,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        **more,
    }


# fmt: off
LARGE = _encoder(1024, 4096, 24, 16)
PUBLISHED: dict[str, tuple[str, dict[str, Any]]] = {
    # decoders
    "llama-2-7b": ("llama", {}),
    "llama-3-8b": ("llama", _decoder(4096, 14336, 32, 32, 8, vocab_size=128256)),
    "llama-3-70b": ("llama", _decoder(8192, 28672, 80, 64, 8, vocab_size=128256)),
    "llama-3.1-405b": ("llama", _decoder(16384, 53248, 126, 128, 8, vocab_size=128256)),
    "mistral-7b": ("mistral", {}),
    "mixtral-8x7b": ("mixtral", {}),
    "mixtral-8x22b": ("mixtral", _decoder(6144, 16384, 56, 48, 8, vocab_size=32768)),
    "qwen2-7b": ("qwen2", _decoder(3584, 18944, 28, 28, 4, vocab_size=152064)),
    "qwen2-57b-a14b": ("qwen2_moe", _decoder(
        3584, 18944, 28, 28, 4, moe_intermediate_size=2560, shared_expert_intermediate_size=20480,
        num_experts=64, num_experts_per_tok=8)),
    "qwen3-8b": ("qwen3", _decoder(4096, 12288, 36, 32, 8, head_dim=128, vocab_size=151936)),
    "qwen3-30b-a3b": ("qwen3_moe", _decoder(
        2048, 6144, 48, 32, 4, head_dim=128, moe_intermediate_size=768, num_experts=128, num_experts_per_tok=8)),
    "gemma-7b": ("gemma", _decoder(3072, 24576, 28, 16, 16, head_dim=256)),
    "gemma-2-9b": ("gemma2", _decoder(3584, 14336, 42, 16, 8, head_dim=256)),
    "gemma-3-4b-text": ("gemma3_text", _decoder(2560, 10240, 34, 8, 4, head_dim=256, vocab_size=262208)),
    "phi-2": ("phi", _encoder(2560, 10240, 32, 32, vocab_size=51200, partial_rotary_factor=0.4)),
    "phi-3-mini": ("phi3", {}),
    "falcon-7b": ("falcon", {"alibi": False}),
    "falcon-40b": ("falcon", {
        "hidden_size": 8192, "num_hidden_layers": 60, "num_attention_heads": 128, "num_kv_heads": 8,
        "new_decoder_architecture": True, "alibi": False}),
    "opt-6.7b": ("opt", {
        "hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32, "ffn_dim": 16384,
        "word_embed_proj_dim": 4096}),
    "bloom-7b1": ("bloom", {"hidden_size": 4096, "n_layer": 30, "n_head": 32, "vocab_size": 250880}),
    "gpt2": ("gpt2", {}),
    "gpt2-xl": ("gpt2", {"n_embd": 1600, "n_layer": 48, "n_head": 25}),
    "gpt-neox-20b": ("gpt_neox", {}),
    "gpt-j-6b": ("gptj", {}),
    "deepseek-v3": ("deepseek_v3", {}),
    "mamba-2.8b": ("mamba", {"hidden_size": 2560, "num_hidden_layers": 64}),
    "mamba2-2.7b": ("mamba2", {
        "hidden_size": 2560, "num_hidden_layers": 64, "num_heads": 80, "head_dim": 64, "n_groups": 1,
        "vocab_size": 50288}),
    # encoders
    "bert-base": ("bert", {}),
    "bert-large": ("bert", LARGE),
    "roberta-large": ("roberta", {**LARGE, "vocab_size": 50265, "max_position_embeddings": 514, "type_vocab_size": 1}),
    "xlm-roberta-large": ("xlm-roberta", {
        **LARGE, "vocab_size": 250002, "max_position_embeddings": 514, "type_vocab_size": 1}),
    "deberta-base": ("deberta", {
        "relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_biased_input": False,
        "type_vocab_size": 0, "vocab_size": 50265}),
    "deberta-v3-large": ("deberta-v2", {
        **LARGE, "vocab_size": 128100, "relative_attention": True, "position_buckets": 256,
        "norm_rel_ebd": "layer_norm", "share_att_key": True, "pos_att_type": ["p2c", "c2p"],
        "position_biased_input": False, "type_vocab_size": 0}),
    "distilbert-base": ("distilbert", {}),
    "electra-large": ("electra", {**LARGE, "embedding_size": 1024}),
    "albert-xxlarge": ("albert", _encoder(4096, 16384, 12, 64)),
    # encoder and decoder
    "t5-large": ("t5", {"d_model": 1024, "d_ff": 4096, "num_layers": 24, "num_heads": 16}),
    "t5-11b": ("t5", {"d_model": 1024, "d_ff": 65536, "d_kv": 128, "num_layers": 24, "num_heads": 128}),
    "bart-large": ("bart", {}),
    "mbart-large": ("mbart", {"vocab_size": 250027}),
    "pegasus-large": ("pegasus", {"vocab_size": 96103, "encoder_layers": 16, "decoder_layers": 16}),
    # speech
    "whisper-small": ("whisper", {
        "d_model": 768, "encoder_layers": 12, "decoder_layers": 12, "encoder_attention_heads": 12,
        "decoder_attention_heads": 12, "encoder_ffn_dim": 3072, "decoder_ffn_dim": 3072}),
    "whisper-large-v3": ("whisper", {
        "d_model": 1280, "encoder_layers": 32, "decoder_layers": 32, "encoder_attention_heads": 20,
        "decoder_attention_heads": 20, "encoder_ffn_dim": 5120, "decoder_ffn_dim": 5120, "num_mel_bins": 128,
        "vocab_size": 51866}),
    "wav2vec2-base": ("wav2vec2", {}),
    "wav2vec2-large": ("wav2vec2", {
        **LARGE, "do_stable_layer_norm": True, "feat_extract_norm": "layer", "conv_bias": True}),
    "hubert-base": ("hubert", {}),
    "hubert-xlarge": ("hubert", _encoder(
        1280, 5120, 48, 16, do_stable_layer_norm=True, feat_extract_norm="layer", conv_bias=True)),
    # vision
    "vit-base": ("vit", {}),
    "vit-huge-14": ("vit", _encoder(1280, 5120, 32, 16, patch_size=14)),
    "beit-large": ("beit", {**LARGE, "use_relative_position_bias": True, "layer_scale_init_value": 0.1}),
    "deit-base": ("deit", {}),
    "dinov2-giant": ("dinov2", {
        "hidden_size": 1536, "num_hidden_layers": 40, "num_attention_heads": 24, "use_swiglu_ffn": True,
        "patch_size": 14, "image_size": 518}),
    "convnext-tiny": ("convnext", {}),
    "convnext-large": ("convnext", {"depths": [3, 3, 27, 3], "hidden_sizes": [192, 384, 768, 1536]}),
    "swin-tiny": ("swin", {}),
    "swin-large-384": ("swin", {
        "embed_dim": 192, "depths": [2, 2, 18, 2], "num_heads": [6, 12, 24, 48], "window_size": 12, "image_size": 384}),
    "segformer-b0": ("segformer", {}),
    "segformer-b5": ("segformer", {
        "depths": [3, 6, 40, 3], "hidden_sizes": [64, 128, 320, 512], "decoder_hidden_size": 768}),
    "detr-resnet-50": ("detr", {"backbone_config": {"model_type": "resnet", "out_features": ["stage4"]}}),
    "mask2former-swin-tiny": ("mask2former", {}),
    "sam-vit-huge": ("sam", {"vision_config": {
        "hidden_size": 1280, "num_hidden_layers": 32, "num_attention_heads": 16, "mlp_dim": 5120,
        "global_attn_indexes": [7, 15, 23, 31]}}),
    "clip-vit-base-32": ("clip", {}),
    "clip-vit-large-14": ("clip", {
        "text_config": _encoder(768, 3072, 12, 12), "projection_dim": 768,
        "vision_config": {**LARGE, "patch_size": 14}}),
    "siglip-so400m": ("siglip", {
        "text_config": _encoder(1152, 4304, 27, 16, projection_size=1152),
        "vision_config": _encoder(1152, 4304, 27, 16, patch_size=14, image_size=384)}),
    "llava-1.5-7b": ("llava", {"text_config": {"model_type": "llama", "vocab_size": 32064}}),
    "qwen2.5-vl-7b": ("qwen2_5_vl", {
        "text_config": _decoder(3584, 18944, 28, 28, 4, vocab_size=152064),
        "vision_config": {"hidden_size": 1280, "out_hidden_size": 3584, "intermediate_size": 3420}}),
}
# fmt: on
