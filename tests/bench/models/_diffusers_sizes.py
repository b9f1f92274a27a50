"""Arguments of diffusers' models: reduced ones by class, published ones by the name of the release.

>>> PUBLISHED["flux-1-dev"]
('FluxTransformer2DModel', {'guidance_embeds': True})
"""

from __future__ import annotations

from typing import Any

Sizes = dict[str, Any]


def _stages(block: str, count: int) -> tuple[str, ...]:
    return (block,) * count


# fmt: off
# Two stages, attention in the first: what every UNet of the Stable Diffusion line shares.
UNET = {"block_out_channels": (32, 64), "layers_per_block": 1, "norm_num_groups": 8, "cross_attention_dim": 48}
CROSS_2D = {
    "down_block_types": ("CrossAttnDownBlock2D", "DownBlock2D"),
    "up_block_types": ("UpBlock2D", "CrossAttnUpBlock2D"),
}
CROSS_3D = {
    "down_block_types": ("CrossAttnDownBlock3D", "DownBlock3D"),
    "up_block_types": ("UpBlock3D", "CrossAttnUpBlock3D"),
}
AUTOENCODER = {"block_out_channels": (32, 64), "norm_num_groups": 8}
ENCODE_2D = {"down_block_types": _stages("DownEncoderBlock2D", 2), "up_block_types": _stages("UpDecoderBlock2D", 2)}
HEADS = {"num_attention_heads": 4, "attention_head_dim": 16}
ROTARY = {"num_attention_heads": 4, "attention_head_dim": 24, "axes_dims_rope": (4, 10, 10)}
TWO_STREAMS = {"num_layers": 2, "num_single_layers": 2, "joint_attention_dim": 48}
SD3 = {**HEADS, "num_layers": 2, "joint_attention_dim": 48, "caption_projection_dim": 64, "pooled_projection_dim": 40,
       "sample_size": 32, "pos_embed_max_size": 24, "in_channels": 4, "out_channels": 4}
WAN = {**HEADS, "num_layers": 2, "text_dim": 48, "freq_dim": 32, "ffn_dim": 96, "in_channels": 4, "out_channels": 4}
WAN_VAE = {"base_dim": 16, "dim_mult": [1, 2, 2, 2], "num_res_blocks": 1}
LTX = {**HEADS, "num_layers": 2, "in_channels": 16, "out_channels": 16, "cross_attention_dim": 64, "caption_channels": 48}
COG_VIDEO = {**HEADS, "num_layers": 2, "in_channels": 4, "out_channels": 4, "time_embed_dim": 32, "text_embed_dim": 48,
             "sample_width": 12, "sample_height": 8, "sample_frames": 9, "max_text_seq_length": 7}
COG_VIEW = {**HEADS, "num_layers": 2, "in_channels": 4, "out_channels": 4, "text_embed_dim": 48, "time_embed_dim": 32,
            "condition_dim": 24, "sample_size": 16, "pos_embed_max_size": 16}

SMALL: dict[str, Sizes] = {
    # UNets
    "UNet1DModel": {"sample_size": 512, "extra_in_channels": 64},
    "UNet2DModel": {
        "block_out_channels": (32, 64), "layers_per_block": 1, "norm_num_groups": 8,
        "down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D")},
    "UNet2DConditionModel": {**UNET, **CROSS_2D},
    "ControlNetModel": {**UNET, "down_block_types": CROSS_2D["down_block_types"],
                        "conditioning_embedding_out_channels": (8, 16)},
    "UNet3DConditionModel": {**UNET, **CROSS_3D, "attention_head_dim": 8},
    "I2VGenXLUNet": {**UNET, **CROSS_3D, "attention_head_dim": 8},
    "UNetMotionModel": {
        **UNET, "num_attention_heads": 4, "motion_num_attention_heads": 4, "motion_max_seq_length": 8,
        "down_block_types": ("CrossAttnDownBlockMotion", "DownBlockMotion"),
        "up_block_types": ("UpBlockMotion", "CrossAttnUpBlockMotion")},
    "UNetSpatioTemporalConditionModel": {
        "block_out_channels": (32, 64), "layers_per_block": 1, "cross_attention_dim": 48, "num_attention_heads": (2, 4),
        "addition_time_embed_dim": 16, "projection_class_embeddings_input_dim": 48,
        "down_block_types": ("CrossAttnDownBlockSpatioTemporal", "DownBlockSpatioTemporal"),
        "up_block_types": ("UpBlockSpatioTemporal", "CrossAttnUpBlockSpatioTemporal")},
    "Kandinsky3UNet": {
        "block_out_channels": (32, 64), "layers_per_block": 2, "groups": 8, "attention_head_dim": 8,
        "time_embedding_dim": 32, "cross_attention_dim": 48, "encoder_hid_dim": 40},
    "StableCascadeUNet": {
        "block_out_channels": (32, 64), "num_attention_heads": (2, 4), "conditioning_dim": 48,
        "down_num_layers_per_block": (1, 2), "up_num_layers_per_block": (2, 1), "clip_text_pooled_in_channels": 40},
    "UVit2DModel": {
        "hidden_size": 64, "cond_embed_dim": 40, "micro_cond_encode_dim": 8, "micro_cond_embed_dim": 40,
        "encoder_hidden_size": 48, "vocab_size": 300, "codebook_size": 256, "in_channels": 32, "block_out_channels": 32,
        "num_res_blocks": 1, "block_num_heads": 4, "num_hidden_layers": 2, "num_attention_heads": 4,
        "intermediate_size": 96, "sample_size": 16},
    "T2IAdapter": {"channels": [32, 64], "num_res_blocks": 1, "downscale_factor": 8},
    # image transformers
    "Transformer2DModel": {**HEADS, "in_channels": 32, "norm_num_groups": 8, "cross_attention_dim": 48},
    "DiTTransformer2DModel": {**HEADS, "num_layers": 2, "sample_size": 16},
    "PixArtTransformer2DModel": {
        **HEADS, "num_layers": 2, "sample_size": 16, "cross_attention_dim": 64, "caption_channels": 48},
    "SD3Transformer2DModel": SD3,
    "SD3ControlNetModel": SD3,
    "FluxTransformer2DModel": {**ROTARY, **TWO_STREAMS, "pooled_projection_dim": 40, "in_channels": 16},
    "FluxControlNetModel": {**ROTARY, **TWO_STREAMS, "pooled_projection_dim": 40, "in_channels": 16},
    "Flux2Transformer2DModel": {
        **TWO_STREAMS, **HEADS, "axes_dims_rope": (4, 4, 4, 4), "in_channels": 16, "timestep_guidance_channels": 32},
    "ChromaTransformer2DModel": {
        **ROTARY, **TWO_STREAMS, "in_channels": 16, "approximator_num_channels": 8, "approximator_hidden_dim": 32,
        "approximator_layers": 2},
    "QwenImageTransformer2DModel": {**ROTARY, "num_layers": 2, "joint_attention_dim": 48, "in_channels": 16, "out_channels": 4},
    "AuraFlowTransformer2DModel": {
        **HEADS, "num_mmdit_layers": 1, "num_single_dit_layers": 2, "joint_attention_dim": 48,
        "caption_projection_dim": 64, "sample_size": 16, "pos_embed_max_size": 64},
    "HunyuanDiT2DModel": {
        **HEADS, "hidden_size": 64, "num_layers": 4, "in_channels": 4, "patch_size": 2, "sample_size": 16,
        "cross_attention_dim": 48, "cross_attention_dim_t5": 40, "pooled_projection_dim": 32, "text_len": 7,
        "text_len_t5": 9},
    "Lumina2Transformer2DModel": {
        "hidden_size": 64, "num_attention_heads": 4, "num_kv_heads": 2, "num_layers": 2, "num_refiner_layers": 1,
        "axes_dim_rope": (4, 6, 6), "axes_lens": (64, 32, 32), "cap_feat_dim": 48, "in_channels": 4, "sample_size": 16,
        "multiple_of": 32},
    "SanaTransformer2DModel": {
        "num_attention_heads": 4, "attention_head_dim": 16, "num_cross_attention_heads": 2, "cross_attention_head_dim": 32,
        "cross_attention_dim": 64, "caption_channels": 48, "num_layers": 2, "in_channels": 8, "out_channels": 8,
        "sample_size": 8},
    "CogView3PlusTransformer2DModel": COG_VIEW,
    "CogView4Transformer2DModel": {**COG_VIEW, "rope_axes_dim": (32, 32)},
    "PriorTransformer": {**HEADS, "num_layers": 2, "embedding_dim": 48, "num_embeddings": 7},
    # video transformers
    "TransformerTemporalModel": {**HEADS, "in_channels": 32, "norm_num_groups": 8},
    "LatteTransformer3DModel": {
        **HEADS, "num_layers": 2, "in_channels": 4, "out_channels": 8, "patch_size": 2, "sample_size": 16,
        "cross_attention_dim": 64, "caption_channels": 48, "norm_type": "ada_norm_single", "num_embeds_ada_norm": 1000,
        "video_length": 5, "attention_bias": True, "norm_elementwise_affine": False},
    "CogVideoXTransformer3DModel": COG_VIDEO,
    "AllegroTransformer3DModel": {
        "num_attention_heads": 4, "attention_head_dim": 24, "num_layers": 2, "cross_attention_dim": 96,
        "caption_channels": 48, "sample_height": 8, "sample_width": 12, "sample_frames": 5},
    "MochiTransformer3DModel": {**HEADS, "num_layers": 2, "pooled_projection_dim": 24, "text_embed_dim": 48, "time_embed_dim": 32,
                                "in_channels": 4, "max_sequence_length": 16},
    "LTXVideoTransformer3DModel": LTX,
    "WanTransformer3DModel": WAN,
    "SkyReelsV2Transformer3DModel": WAN,
    "HunyuanVideoTransformer3DModel": {
        "num_attention_heads": 4, "attention_head_dim": 24, "num_layers": 1, "num_single_layers": 1,
        "num_refiner_layers": 1, "in_channels": 4, "out_channels": 4, "text_embed_dim": 48, "pooled_projection_dim": 40,
        "rope_axes_dim": (4, 10, 10)},
    "CosmosTransformer3DModel": {
        "num_attention_heads": 4, "attention_head_dim": 24, "num_layers": 2, "in_channels": 4, "out_channels": 4,
        "text_embed_dim": 48, "adaln_lora_dim": 8, "max_size": (4, 16, 16), "concat_padding_mask": False},
    "EasyAnimateTransformer3DModel": {
        **HEADS, "num_layers": 2, "mmdit_layers": 1, "in_channels": 4, "out_channels": 4, "patch_size": 2,
        "sample_width": 12, "sample_height": 8, "time_embed_dim": 32, "text_embed_dim": 48},
    # audio
    "StableAudioDiTModel": {
        "sample_size": 32, "in_channels": 8, "out_channels": 8, "num_layers": 2, "num_attention_heads": 4,
        "attention_head_dim": 16, "num_key_value_attention_heads": 2, "cross_attention_dim": 48,
        "cross_attention_input_dim": 40, "time_proj_dim": 32, "global_states_input_dim": 56},
    "T5FilmDecoder": {"input_dims": 32, "targets_length": 24, "d_model": 64, "num_layers": 2, "num_heads": 4, "d_kv": 16, "d_ff": 96},
    "AutoencoderOobleck": {"encoder_hidden_size": 8, "decoder_channels": 8, "decoder_input_channels": 4,
                           "downsampling_ratios": [2, 4, 4], "channel_multiples": [1, 2, 4]},
    # autoencoders
    "AutoencoderKL": {**AUTOENCODER, **ENCODE_2D},
    "AsymmetricAutoencoderKL": {
        **ENCODE_2D, "norm_num_groups": 8, "down_block_out_channels": (32, 64), "up_block_out_channels": (48, 96)},
    "VQModel": {**AUTOENCODER, **ENCODE_2D, "num_vq_embeddings": 50},
    "AutoencoderTiny": {"encoder_block_out_channels": (32, 32), "decoder_block_out_channels": (32, 32),
                        "num_encoder_blocks": (1, 2), "num_decoder_blocks": (2, 1)},
    "AutoencoderDC": {
        "latent_channels": 8, "attention_head_dim": 8, "encoder_block_types": ("ResBlock", "EfficientViTBlock"),
        "decoder_block_types": ("ResBlock", "EfficientViTBlock"), "encoder_block_out_channels": (16, 32),
        "decoder_block_out_channels": (16, 32), "encoder_layers_per_block": (1, 1), "decoder_layers_per_block": (1, 1),
        "encoder_qkv_multiscales": ((), (5,)), "decoder_qkv_multiscales": ((), (5,))},
    "AutoencoderKLTemporalDecoder": {"block_out_channels": (32, 64), "down_block_types": _stages("DownEncoderBlock2D", 2)},
    "AutoencoderKLCogVideoX": {
        "block_out_channels": (16, 32), "layers_per_block": 1, "norm_num_groups": 8, "latent_channels": 4,
        "down_block_types": _stages("CogVideoXDownBlock3D", 2), "up_block_types": _stages("CogVideoXUpBlock3D", 2),
        "temporal_compression_ratio": 2},
    "AutoencoderKLLTXVideo": {
        "latent_channels": 8, "block_out_channels": (16, 32), "decoder_block_out_channels": (16, 32),
        "down_block_types": _stages("LTXVideoDownBlock3D", 2), "layers_per_block": (1, 1, 1),
        "decoder_layers_per_block": (1, 1, 1), "spatio_temporal_scaling": (True, False),
        "decoder_spatio_temporal_scaling": (True, False), "decoder_inject_noise": (False, False, False),
        "downsample_type": _stages("conv", 2), "upsample_residual": (False, False), "upsample_factor": (1, 1)},
    "AutoencoderKLWan": WAN_VAE,
    "AutoencoderKLQwenImage": WAN_VAE,
    "AutoencoderKLHunyuanVideo": {
        "block_out_channels": (16, 32, 32, 32), "layers_per_block": 1, "norm_num_groups": 8, "latent_channels": 4},
    "AutoencoderKLMochi": {
        "encoder_block_out_channels": (32, 32, 64, 64), "decoder_block_out_channels": (32, 64, 64, 96),
        "layers_per_block": (1, 1, 1, 1, 1)},
    "AutoencoderKLMagvit": {"block_out_channels": [16, 32, 32, 32], "layers_per_block": 1, "norm_num_groups": 8, "latent_channels": 4},
    "AutoencoderKLCosmos": {
        "encoder_block_out_channels": (16, 32, 32, 32), "decode_block_out_channels": (32, 32, 32, 32), "num_layers": 1,
        "latent_channels": 4, "resolution": 64},
}

SD_VAE = {
    "block_out_channels": (128, 256, 512, 512), "layers_per_block": 2, "sample_size": 512,
    "down_block_types": _stages("DownEncoderBlock2D", 4), "up_block_types": _stages("UpDecoderBlock2D", 4),
}
PUBLISHED: dict[str, tuple[str, Sizes]] = {
    "sd-1.5-unet": ("UNet2DConditionModel", {"sample_size": 64, "cross_attention_dim": 768}),
    "sdxl-unet": ("UNet2DConditionModel", {
        "sample_size": 128, "block_out_channels": (320, 640, 1280), "cross_attention_dim": 2048,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        "transformer_layers_per_block": (1, 2, 10), "attention_head_dim": (5, 10, 20), "use_linear_projection": True,
        "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
        "projection_class_embeddings_input_dim": 2816}),
    "sd-1.5-controlnet": ("ControlNetModel", {"cross_attention_dim": 768}),
    "sd-1.5-vae": ("AutoencoderKL", SD_VAE),
    "sd-3-medium": ("SD3Transformer2DModel", {
        "num_layers": 24, "num_attention_heads": 24, "caption_projection_dim": 1536, "pos_embed_max_size": 192}),
    "flux-1-dev": ("FluxTransformer2DModel", {"guidance_embeds": True}),
    "dit-xl-2-256": ("DiTTransformer2DModel", {"out_channels": 8}),
    "pixart-alpha-1024": ("PixArtTransformer2DModel", {"caption_channels": 4096}),
    "svd-unet": ("UNetSpatioTemporalConditionModel", {"sample_size": 96}),
    "modelscope-text-to-video-unet": ("UNet3DConditionModel", {"sample_size": 32}),
    "cogvideox-2b": ("CogVideoXTransformer3DModel", {}),
    "ltx-video": ("LTXVideoTransformer3DModel", {}),
    "wan-2.1-14b": ("WanTransformer3DModel", {}),
    "hunyuan-video": ("HunyuanVideoTransformer3DModel", {}),
    "qwen-image": ("QwenImageTransformer2DModel", {}),
    "stable-audio-open": ("StableAudioDiTModel", {}),
    "wan-2.1-vae": ("AutoencoderKLWan", {}),
}
# fmt: on
