"""What diffusers' models are called with, by class for the reduced ones, by release for the published ones.

>>> args, kwargs = SIGNATURES["FluxTransformer2DModel"]()
>>> args[0].shape, kwargs["img_ids"].shape
(torch.Size([2, 24, 16]), torch.Size([24, 3]))
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from . import Inputs
from ._inputs import call, constant, ids, normal, trues

WORDS, ROWS, COLUMNS = 7, 4, 6
PATCHES = ROWS * COLUMNS


def grid_ids(rows: int = ROWS, columns: int = COLUMNS, axes: int = 3) -> Callable[[], Tensor]:
    """Row and column of every patch, as Flux takes them."""

    def make() -> Tensor:
        positions = torch.zeros(rows, columns, axes)
        positions[..., 1] = torch.arange(rows)[:, None]
        positions[..., 2] = torch.arange(columns)[None, :]
        return positions.reshape(rows * columns, axes)

    return make


def zeros(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.zeros(shape)


def rotary(tokens: int, dim: int) -> Callable[[], tuple[Tensor, Tensor]]:
    return lambda: (torch.randn(tokens, dim), torch.randn(tokens, dim))


# fmt: off
TIME = ids(1000, 2)
TEXT = normal(2, WORDS, 48)
WORD_MASK = trues(2, WORDS)
PHOTO = call(normal(2, 3, 32, 48))
CLIP = call(normal(1, 3, 5, 32, 48))
SIZES = normal(2, 2)
LATENT_VIDEO = normal(2, 4, 5, 8, 12)
FLUX = {"encoder_hidden_states": TEXT, "timestep": normal(2), "img_ids": grid_ids(), "txt_ids": zeros(WORDS, 3)}
POOLED = {"pooled_projections": normal(2, 40)}
CROPS = {"original_size": SIZES, "target_size": SIZES, "crop_coords": SIZES}

SIGNATURES: dict[str, Callable[[], Inputs]] = {
    "UNet1DModel": call(normal(2, 2, 512), TIME),
    "UNet2DModel": call(normal(2, 3, 16, 24), TIME),
    "UNet2DConditionModel": call(normal(2, 4, 16, 24), TIME, TEXT),
    "ControlNetModel": call(normal(2, 4, 16, 24), TIME, TEXT, normal(2, 3, 32, 48)),
    "UNet3DConditionModel": call(normal(2, 4, 5, 16, 24), TIME, TEXT),
    "I2VGenXLUNet": call(
        normal(2, 4, 5, 16, 24), TIME, ids(16, 2), normal(2, 4, 5, 16, 24), image_embeddings=normal(2, 48),
        encoder_hidden_states=TEXT),
    "UNetMotionModel": call(normal(2, 4, 5, 16, 24), TIME, normal(10, WORDS, 48)),
    "UNetSpatioTemporalConditionModel": call(normal(2, 5, 8, 16, 24), TIME, normal(2, 1, 48), normal(2, 3)),
    "Kandinsky3UNet": call(
        normal(2, 4, 16, 24), TIME, encoder_hidden_states=normal(2, WORDS, 40), encoder_attention_mask=WORD_MASK),
    "StableCascadeUNet": call(normal(2, 16, 8, 12), normal(2), normal(2, 1, 40)),
    "UVit2DModel": call(ids(256, 2, 16, 16), TEXT, normal(2, 40), normal(2, 5)),
    "T2IAdapter": PHOTO,
    "Transformer2DModel": call(normal(2, 32, 8, 12), encoder_hidden_states=TEXT),
    "DiTTransformer2DModel": call(normal(2, 4, 16, 16), timestep=TIME, class_labels=ids(1000, 2)),
    "PixArtTransformer2DModel": call(
        normal(2, 4, 16, 16), encoder_hidden_states=TEXT, timestep=TIME,
        added_cond_kwargs=constant({"resolution": None, "aspect_ratio": None})),
    "SD3Transformer2DModel": call(normal(2, 4, 16, 24), encoder_hidden_states=TEXT, timestep=TIME, **POOLED),
    "SD3ControlNetModel": call(
        normal(2, 4, 16, 24), normal(2, 4, 16, 24), encoder_hidden_states=TEXT, timestep=TIME, **POOLED),
    "FluxTransformer2DModel": call(normal(2, PATCHES, 16), **FLUX, **POOLED),
    "FluxControlNetModel": call(normal(2, PATCHES, 16), normal(2, PATCHES, 16), **FLUX, **POOLED),
    "Flux2Transformer2DModel": call(
        normal(2, PATCHES, 16), encoder_hidden_states=TEXT, timestep=normal(2), guidance=normal(2),
        img_ids=grid_ids(axes=4), txt_ids=zeros(WORDS, 4)),
    "ChromaTransformer2DModel": call(normal(2, PATCHES, 16), **FLUX),
    "QwenImageTransformer2DModel": call(
        normal(2, PATCHES, 16), encoder_hidden_states=TEXT, encoder_hidden_states_mask=WORD_MASK, timestep=normal(2),
        img_shapes=constant([(1, ROWS, COLUMNS)] * 2)),
    "AuraFlowTransformer2DModel": call(normal(2, 4, 16, 16), encoder_hidden_states=TEXT, timestep=normal(2)),
    "HunyuanDiT2DModel": call(
        normal(2, 4, 16, 16), normal(2), encoder_hidden_states=normal(2, 7, 48), text_embedding_mask=trues(2, 7),
        encoder_hidden_states_t5=normal(2, 9, 40), text_embedding_mask_t5=trues(2, 9), image_meta_size=normal(2, 6),
        style=ids(1, 2), image_rotary_emb=rotary(64, 16)),
    "Lumina2Transformer2DModel": call(normal(2, 4, 16, 24), normal(2), TEXT, WORD_MASK),
    "SanaTransformer2DModel": call(normal(2, 8, 8, 8), TEXT, TIME),
    "CogView3PlusTransformer2DModel": call(normal(2, 4, 16, 16), TEXT, TIME, **CROPS),
    "CogView4Transformer2DModel": call(normal(2, 4, 16, 16), TEXT, TIME, **CROPS),
    "PriorTransformer": call(normal(2, 48), TIME, normal(2, 48), encoder_hidden_states=TEXT),
    "TransformerTemporalModel": call(normal(10, 32, 8, 12), num_frames=constant(5)),
    "LatteTransformer3DModel": call(normal(2, 4, 5, 16, 16), timestep=TIME, encoder_hidden_states=TEXT),
    "CogVideoXTransformer3DModel": call(normal(2, 3, 4, 8, 12), TEXT, TIME),
    "AllegroTransformer3DModel": call(
        LATENT_VIDEO, normal(2, 1, WORDS, 48), TIME, attention_mask=trues(2, 5, 8, 12),
        encoder_attention_mask=trues(2, 1, WORDS), image_rotary_emb=constant(None)),
    "MochiTransformer3DModel": call(LATENT_VIDEO, normal(2, WORDS, 48), TIME, WORD_MASK),
    "LTXVideoTransformer3DModel": call(
        normal(2, 5 * PATCHES, 16), TEXT, TIME, WORD_MASK, num_frames=constant(5), height=constant(ROWS),
        width=constant(COLUMNS)),
    "WanTransformer3DModel": call(LATENT_VIDEO, TIME, TEXT),
    "SkyReelsV2Transformer3DModel": call(LATENT_VIDEO, TIME, TEXT),
    "HunyuanVideoTransformer3DModel": call(
        LATENT_VIDEO, TIME, TEXT, WORD_MASK, guidance=normal(2), **POOLED),
    "CosmosTransformer3DModel": call(
        normal(1, 4, 4, 8, 12), ids(1000, 1), normal(1, WORDS, 48), fps=constant(30)),
    "EasyAnimateTransformer3DModel": call(LATENT_VIDEO, TIME, encoder_hidden_states=TEXT),
    "StableAudioDiTModel": call(
        normal(2, 8, 32), timestep=normal(2), encoder_hidden_states=normal(2, WORDS, 40),
        global_hidden_states=normal(2, 1, 56), rotary_embedding=rotary(33, 8)),
    "T5FilmDecoder": call(
        lambda: [(torch.randn(2, 9, 64), torch.ones(2, 9))], normal(2, 24, 32), lambda: torch.rand(2)),
    "AutoencoderOobleck": call(normal(2, 2, 512)),
    "AutoencoderKLTemporalDecoder": call(normal(5, 3, 32, 48), num_frames=constant(5)),
    **dict.fromkeys(("AutoencoderKL", "AsymmetricAutoencoderKL", "VQModel", "AutoencoderTiny", "AutoencoderDC"), PHOTO),
    **dict.fromkeys(("AutoencoderKLCogVideoX", "AutoencoderKLWan", "AutoencoderKLHunyuanVideo"), CLIP),
    **dict.fromkeys(("AutoencoderKLMagvit",), CLIP),
    "AutoencoderKLLTXVideo": call(normal(1, 3, 9, 32, 48)),
    "AutoencoderKLMochi": call(normal(1, 3, 7, 32, 48)),
    "AutoencoderKLQwenImage": call(normal(1, 3, 1, 32, 48)),
    "AutoencoderKLCosmos": call(normal(1, 3, 9, 64, 64)),
    # published sizes
    "sd-1.5-unet": call(normal(2, 4, 64, 64), TIME, normal(2, 77, 768)),
    "sdxl-unet": call(
        normal(2, 4, 128, 128), TIME, normal(2, 77, 2048),
        added_cond_kwargs=lambda: {"text_embeds": torch.randn(2, 1280), "time_ids": torch.randn(2, 6)}),
    "sd-1.5-controlnet": call(normal(2, 4, 64, 64), TIME, normal(2, 77, 768), normal(2, 3, 512, 512)),
    "sd-1.5-vae": call(normal(1, 3, 256, 256)),
    "sd-3-medium": call(
        normal(2, 16, 128, 128), encoder_hidden_states=normal(2, 333, 4096), pooled_projections=normal(2, 2048),
        timestep=TIME),
    "flux-1-dev": call(
        normal(1, 4096, 64), encoder_hidden_states=normal(1, 512, 4096), pooled_projections=normal(1, 768),
        timestep=normal(1), img_ids=grid_ids(64, 64), txt_ids=zeros(512, 3), guidance=normal(1)),
    "dit-xl-2-256": call(normal(2, 4, 32, 32), timestep=TIME, class_labels=ids(1000, 2)),
    "pixart-alpha-1024": call(
        normal(2, 4, 128, 128), encoder_hidden_states=normal(2, 120, 4096), timestep=TIME,
        added_cond_kwargs=lambda: {"resolution": torch.randn(2, 2), "aspect_ratio": torch.randn(2, 1)}),
    "svd-unet": call(normal(1, 14, 8, 72, 128), ids(1000, 1), normal(1, 1, 1024), normal(1, 3)),
    "modelscope-text-to-video-unet": call(normal(1, 4, 16, 32, 32), ids(1000, 1), normal(1, 77, 1024)),
    "cogvideox-2b": call(normal(1, 13, 16, 60, 90), normal(1, 226, 4096), ids(1000, 1)),
    "ltx-video": call(
        normal(1, 7 * 16 * 22, 128), normal(1, 128, 4096), ids(1000, 1), trues(1, 128), num_frames=constant(7),
        height=constant(16), width=constant(22)),
    "wan-2.1-14b": call(normal(1, 16, 21, 60, 104), ids(1000, 1), normal(1, 512, 4096)),
    "hunyuan-video": call(
        normal(1, 16, 9, 40, 64), ids(1000, 1), normal(1, 256, 4096), trues(1, 256), pooled_projections=normal(1, 768),
        guidance=normal(1)),
    "qwen-image": call(
        normal(1, 1024, 64), encoder_hidden_states=normal(1, 40, 3584), encoder_hidden_states_mask=trues(1, 40),
        timestep=normal(1), img_shapes=constant([(1, 32, 32)])),
    "stable-audio-open": call(
        normal(1, 64, 1024), timestep=normal(1), encoder_hidden_states=normal(1, 130, 768),
        global_hidden_states=normal(1, 1, 1536), rotary_embedding=rotary(1025, 32)),
    "wan-2.1-vae": call(normal(1, 3, 5, 64, 64)),
}
# fmt: on
