"""The arguments that vit-pytorch's README gives its models, those that several examples share named once.

>>> COARSE["image_size"] // COARSE["patch_size"]
8

Source: https://github.com/lucidrains/vit-pytorch, README of release 1.26.
"""

from __future__ import annotations

from typing import Any

# fmt: off
PLAIN: dict[str, Any] = {"num_classes": 1000, "dim": 1024, "depth": 6, "mlp_dim": 2048}
SQUARE = {**PLAIN, "image_size": 256}
DROPOUT = {"dropout": 0.1, "emb_dropout": 0.1}
COARSE = {**SQUARE, "patch_size": 32, "heads": 16, **DROPOUT}
FINE = {**SQUARE, "patch_size": 16, "heads": 8, **DROPOUT}
ENCODER = {**SQUARE, "patch_size": 32, "heads": 8}
CLIP = {**PLAIN, "image_size": 128, "image_patch_size": 16, "frames": 16, "frame_patch_size": 2, "heads": 8}
JET = {
    **PLAIN, "image_size": 224, "patch_size": 16, "dim": 512, "heads": 8, "dim_head": 64, "mlp_dim": 3072,
    "window_size": 7,
}
CONV_STEM = {
    "kernel_size": 7, "stride": 2, "padding": 3, "num_classes": 1000, "positional_embedding": "learnable",
}
POOLING = {"pooling_kernel_size": 3, "pooling_stride": 2, "pooling_padding": 1}
COMPACT = {**CONV_STEM, **POOLING, "embedding_dim": 384, "num_layers": 14, "num_heads": 6, "mlp_ratio": 3.0}
FOUR_STAGES = {"num_classes": 1000, "dim": (64, 128, 256, 512), "depth": (2, 2, 8, 2)}
SCALES = {
    "image_size": 256, "num_classes": 1000, "depth": 4, "cross_attn_depth": 2, "cross_attn_heads": 8,
    "sm_dim": 192, "sm_patch_size": 16, "sm_enc_depth": 2, "sm_enc_heads": 8, "sm_enc_mlp_dim": 2048,
    "lg_dim": 384, "lg_patch_size": 64, "lg_enc_depth": 3, "lg_enc_heads": 8, "lg_enc_mlp_dim": 2048,
    **DROPOUT,
}
CVT = {
    "num_classes": 1000, "s1_emb_dim": 64, "s1_emb_kernel": 7, "s1_emb_stride": 4, "s1_proj_kernel": 3,
    "s1_kv_proj_stride": 2, "s1_heads": 1, "s1_depth": 1, "s1_mlp_mult": 4, "dropout": 0.0,
    "s2_emb_dim": 192, "s2_emb_kernel": 3, "s2_emb_stride": 2, "s2_proj_kernel": 3,
    "s2_kv_proj_stride": 2, "s2_heads": 3, "s2_depth": 2, "s2_mlp_mult": 4,
    "s3_emb_dim": 384, "s3_emb_kernel": 3, "s3_emb_stride": 2, "s3_proj_kernel": 3,
    "s3_kv_proj_stride": 2, "s3_heads": 4, "s3_depth": 10, "s3_mlp_mult": 4,
}
TWINS = {
    "num_classes": 1000, "peg_kernel_size": 3, "dropout": 0.0,
    "s1_emb_dim": 64, "s1_patch_size": 4, "s1_local_patch_size": 7, "s1_global_k": 7, "s1_depth": 1,
    "s2_emb_dim": 128, "s2_patch_size": 2, "s2_local_patch_size": 7, "s2_global_k": 7, "s2_depth": 1,
    "s3_emb_dim": 256, "s3_patch_size": 2, "s3_local_patch_size": 7, "s3_global_k": 7, "s3_depth": 5,
    "s4_emb_dim": 512, "s4_patch_size": 2, "s4_local_patch_size": 7, "s4_global_k": 7, "s4_depth": 4,
}
SELF_DISTILLATION = {
    "image_size": 256, "projection_hidden_size": 256, "projection_layers": 4, "student_temp": 0.9,
    "teacher_temp": 0.04, "local_upper_crop_scale": 0.4, "global_lower_crop_scale": 0.5,
    "moving_average_decay": 0.9, "center_moving_average_decay": 0.9,
}

T2T = {"dim": 512, "image_size": 224, "depth": 5, "heads": 8, "mlp_dim": 512, "num_classes": 1000}
LEVIT = {
    "image_size": 224, "num_classes": 1000, "stages": 3, "dim": (256, 384, 512), "depth": 4,
    "heads": (4, 6, 8), "mlp_mult": 2, "dropout": 0.1,
}
SCALABLE = {
    "num_classes": 1000, "dim": 64, "heads": (2, 4, 8, 16), "depth": (2, 2, 20, 2), "dropout": 0.1,
    "ssa_dim_key": (40, 40, 40, 32), "reduction_factor": (8, 4, 2, 1), "window_size": (64, 32, None, None),
}
SEPARABLE = {
    "num_classes": 1000, "dim": 32, "dim_head": 32, "heads": (1, 2, 4, 8), "depth": (1, 2, 6, 2),
    "window_size": 7, "dropout": 0.1,
}
MAXVIT = {
    "num_classes": 1000, "dim_conv_stem": 64, "dim": 96, "dim_head": 32, "depth": (2, 2, 5, 2),
    "window_size": 7, "mbconv_expansion_rate": 4, "mbconv_shrinkage_rate": 0.25, "dropout": 0.1,
}
NEST = {
    "image_size": 224, "patch_size": 4, "dim": 96, "heads": 3, "num_hierarchies": 3,
    "block_repeats": (2, 2, 8), "num_classes": 1000,
}
MOBILE = {
    "image_size": (256, 256), "dims": [96, 120, 144], "num_classes": 1000,
    "channels": [16, 32, 48, 48, 64, 64, 80, 80, 96, 96, 384],
}
MASKED_PATCHES = {
    "patch_size": 32, "dim": 1024, "mask_prob": 0.15, "random_patch_prob": 0.30, "replace_prob": 0.50,
}
VIVIT = {
    **{name: size for name, size in CLIP.items() if name != "depth"},
    "spatial_depth": 6, "temporal_depth": 6,
}
# fmt: on
