"""What single model types need beside the common reduction, by dotted path into the configuration.

>>> OVERRIDES["mamba2"]
{'num_heads': 8, 'head_dim': 16}

Mostly sizes that must follow one another, and values that a default configuration leaves out.
"""

from __future__ import annotations

from typing import Any

from transformers import ResNetConfig

Changes = dict[str, Any]


def _each(names: str, changes: Changes) -> dict[str, Changes]:
    return dict.fromkeys(names.split(), changes)


# fmt: off
RESNET: Changes = {"depths": [1, 1, 1, 1], "hidden_sizes": [32, 64, 96, 128], "embedding_size": 24}
LAST_STAGE = ResNetConfig(**RESNET | {"out_features": ["stage4"]})
THREE_STAGES = ResNetConfig(**RESNET | {"out_features": ["stage2", "stage3", "stage4"]})
SERIES = {
    "prediction_length": 6, "context_length": 24, "lags_sequence": [1, 2, 3, 7],
    "num_time_features": 3, "feature_size": 9,
}
SMALL_SAM = {
    "vision_config.output_channels": 64, "vision_config.image_size": 256, "vision_config.num_pos_feats": 32,
    "prompt_encoder_config.image_size": 256, "prompt_encoder_config.image_embedding_size": 16,
}
IMAGE_WORDS = {"<image>": 99} | {f"IMGIMG{chr(65 + i // 26)}{chr(65 + i % 26)}Z": 100 + i for i in range(256)}

OVERRIDES: dict[str, Changes] = {
    **_each("autoformer informer time_series_transformer", SERIES),
    **_each("detr conditional_detr dab-detr table-transformer", {"backbone_config": LAST_STAGE}),
    "deformable_detr": {"backbone_config": THREE_STAGES},
    **_each("mimi mimi_decoder pocket_tts_audio_tokenizer pocket_tts_audio_tokenizer_decoder", {"hidden_size": 512}),
    **_each("sam sam_hq", SMALL_SAM),
    **_each("modernvbert ultravbert", {"pixel_shuffle_factor": 2}),
    **_each("idefics3 smolvlm", {"scale_factor": 2, "vision_config.image_size": 128}),
    **_each("siglip siglip2", {"text_config.projection_size": 64}),
    **_each("llava_next llava_next_video", {"vision_config.image_size": 56, "image_grid_pinpoints": [[56, 112], [112, 56]]}),
    "llava_onevision": {"vision_config.image_size": 56, "image_grid_pinpoints": [[56, 112], [112, 56]], "vision_config.patch_size": 14},
    # Values have as many heads as queries here, which the attention written out cannot repeat.
    **_each(
        "nemotron3_5_transcribe_asr_audio nemotron3_5_transcribe_word_timestamp nemotron3_diarization_audio",
        {"num_key_value_heads": 4},
    ),
    **_each("mistral3 lighton_ocr mistral_large4", {"vision_config.image_size": 56, "image_token_index": 99}),
    **_each("qwen2_5_omni_thinker qwen3_omni_moe_thinker", {"vision_start_token_id": 98}),
    "chameleon": {"vocabulary_map": IMAGE_WORDS},
    "emu3": {"vocabulary_map": IMAGE_WORDS, "vq_config.base_channels": 64},
    "align": {"vision_config.hidden_dim": 640, "projection_dim": 640, "vision_config.image_size": 128,
              "vision_config.depth_coefficient": 1.0},
    "audioflamingo3_encoder": {"max_source_positions": 100},
    "aria": {"vision_config.image_size": 490, "vision_config.patch_size": 14},
    "aya_vision": {"downsample_factor": 3},
    "bailing_hybrid": {"n_group": 1, "topk_group": 1, "num_local_experts": 4, "num_experts_per_tok": 2},
    "bamba": {"attn_layer_indices": [1], "mamba_n_heads": 8, "mamba_d_head": 16},
    "blip-2": {"image_token_index": 99, "text_config.word_embed_proj_dim": 64},
    "blt": {"num_hidden_layers": 2, "encoder_hash_byte_group_vocab": 1000},
    "bros": {"dim_bbox_projection": 16},
    "clap": {"audio_config.projection_dim": 64},
    "dbrx": {"attn_config.rope_theta": 10000.0, "attn_config.clip_qkv": 8.0, "ffn_config.ffn_hidden_size": 96, "ffn_config.moe_num_experts": 4},
    "deepseek_v2": {"num_experts_per_tok": 2},
    "depth_pro": {"intermediate_hook_ids": [1, 0]},
    "dia": {"encoder_config.num_key_value_heads": 4, "decoder_config.cross_hidden_size": 64,
            "decoder_config.cross_num_attention_heads": 4, "decoder_config.cross_head_dim": 16,
            "decoder_config.cross_num_key_value_heads": 4},
    "dots1": {"n_routed_experts": 4, "n_shared_experts": 1, "num_experts_per_tok": 2, "n_group": 1, "topk_group": 1},
    "efficientloftr": {"hidden_size": 256},
    "efficientnet": {"hidden_dim": 2560, "image_size": 224},
    "encodec": {"hidden_size": 128},
    "esm": {"vocab_size": 33, "pad_token_id": 1, "mask_token_id": 32},
    "florence2": {"vision_config.projection_dim": 64},
    "gemma3": {"mm_tokens_per_image": 49, "vision_config.image_size": 224},
    "gemma3n_text": {"num_kv_shared_layers": 0},
    "granitemoehybrid": {"layer_types": ["linear_attention", "full_attention"], "mamba_n_heads": 8, "mamba_d_head": 16},
    "hunyuan_vl": {"vision_config.text_hidden_size": 64},
    "instructblip": {"image_token_index": 99, "text_config.word_embed_proj_dim": 64},
    "instructblipvideo": {"video_token_index": 99, "text_config.word_embed_proj_dim": 64},
    "jamba": {"attn_layer_period": 2, "attn_layer_offset": 1},
    "kimi_linear": {"num_experts_per_token": 2},
    "layoutlmv3": {"coordinate_size": 10, "shape_size": 12},
    "lfm2_moe": {"layer_types": ["conv", "full_attention"]},
    "lightglue": {"descriptor_dim": 256, "hidden_size": 256},
    "lilt": {"hidden_size": 96},
    "llama4": {"vision_config.intermediate_size": 256, "vision_config.projector_input_dim": 64,
               "vision_config.projector_output_dim": 64, "vision_config.vision_output_dim": 64,
               "vision_config.image_size": 112},
    "longcat_flash": {"head_dim": 8, "qk_head_dim": 24},
    "mamba2": {"num_heads": 8, "head_dim": 16},
    "mistral4": {"head_dim": 16},
    "mllama": {"vision_config.image_size": 56, "text_config.cross_attention_layers": [1],
               "vision_config.intermediate_layers_indices": [0, 1], "vision_config.vision_output_dim": 192},
    "moonshine_streaming": {"num_key_value_heads": 4},
    **_each("nemotron3_diarization_audio nemotron3_5_transcribe_asr_audio nemotron3_5_transcribe_word_timestamp",
            {"num_key_value_heads": 4}),
    "perceiver": {"d_latents": 64, "num_latents": 16},
    "recurrent_gemma": {"num_hidden_layers": 3},
    "reformer": {"axial_pos_embds_dim": (24, 40), "axial_pos_shape": (4, 8), "max_position_embeddings": 32},
    "sam2": {"vision_config.backbone_config.hidden_size": 96, "vision_config.fpn_hidden_size": 64,
             "vision_config.backbone_config.image_size": [256, 256], "prompt_encoder_config.image_size": 256,
             "vision_config.backbone_feature_sizes": [[64, 64], [32, 32], [16, 16]]},
    "sam2_hiera_det_model": {"hidden_size": 96, "image_size": [256, 256]},
    "sam2_vision_model": {"backbone_config.hidden_size": 96, "backbone_config.image_size": [256, 256],
                          "backbone_feature_sizes": [[64, 64], [32, 32], [16, 16]]},
    **_each("sam3 sam3_lite_text sam3_tracker", {"vision_config.fpn_hidden_size": 64}),
    "sapiens2": {"num_key_value_heads_per_layer": [2, 2]},
    "squeezebert": {"embedding_size": 64},
    "t5gemma": {"decoder.cross_attention_hidden_size": 64},
    "t5gemma2": {"encoder.mm_tokens_per_image": 49, "encoder.vision_config.image_size": 224},
    "tvp": {"num_frames": 4},
    "vibevoice": {"audio_config.num_filters": 8, "semantic_model_config.num_filters": 8},
    **_each("vibevoice_acoustic_tokenizer vibevoice_acoustic_tokenizer_decoder vibevoice_acoustic_tokenizer_encoder",
            {"num_filters": 8}),
    "vibevoice_asr": {"acoustic_tokenizer_encoder_config.num_filters": 8, "semantic_tokenizer_encoder_config.num_filters": 8},
    "vipllava": {"vision_feature_layers": [-1, -2]},
    "xclip": {"vision_config.mit_hidden_size": 64},
    "xmod": {"default_language": "en_XX"},
    "zamba": {"num_hidden_layers": 4, "layers_block_type": ["linear_attention", "hybrid"] * 2,
              "attention_hidden_size": 128, "attention_head_dim": 32},
    "zamba2": {"hybrid_layer_ids": [1], "mamba_headdim": 16, "n_mamba_heads": 8, "attention_hidden_size": 128, "attention_head_dim": 32},
}
# fmt: on
