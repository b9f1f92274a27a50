"""Model types of transformers that stay out of the zoo, what others want installed, and known faults.

>>> ABSENT["bark"]
'has no forward of its own'

The last two groups are not impossible, only not worked out: an entry in `_hf_overrides` or `_hf_arguments`
brings one in.
"""

from __future__ import annotations

_REASONS: dict[str, str] = {
    "has no forward of its own": "bark glm_image_vqmodel",
    "takes an inference session, not tensors": "edgetam_video sam2_video sam3_tracker_video sam3_video",
    "takes the configuration of its decoder, not its own": "musicgen musicgen_melody",
    "is named in the mapping and missing in the package": "voxtral_realtime_text",
    "has a default configuration that its own constructor refuses": (
        "cohere_compass cohere_compass_text deepseek_ocr2 diffusion_gemma granite4_vision pp_ocrv6_medium_det "
        "qwen4_exp qwen4_exp_text t5gemma2_encoder"
    ),
    "allocates more than 4 GB for its smallest image": "depth_pro",
    "has widths that follow from one another; no reduced configuration was worked out": (
        "blt clvp csm dots3_note dots3_note_text efficientloftr esmc granite_speech5_ctc granite_speech5_encoder "
        "hrm_text kimi_k25 lightglue lw_detr minimax_m3_vl muse_glimmer muse_glimmer_assistant muse_spark "
        "nemotron3_5_transcribe_audio nemotron3_diarization neucodec paddleocr_vl pp_ocrv6_small_det rf_detr tvp "
        "unlimited_ocr uvdoc vision-text-dual-encoder xcodec xcodec2 xlstm"
    ),
    "takes a batch of several parts that was not worked out": (
        "deepseek_vl_hybrid glm_image granite_docling inkling2 inkling2_vision minicpm_ocr_vision "
        "minicpmv4_7_vision molmo2 neomme pi0 step3p7 voxtral_realtime"
    ),
}
_WANTED: dict[str, str] = {
    "torchvision": (
        "edgetam edgetam_vision_model fast_vlm gemma3n gemma3n_vision omdet-turbo pe_audio_video "
        "pe_audio_video_encoder pe_video pe_video_encoder perception_lm timm_backbone timm_wrapper"
    ),
    "natten<0.20": "dinat",
    "detectron2": "layoutlmv2",
    "torchaudio": "higgs_audio_v2_tokenizer",
    "scipy": "inkling_mm_model",
}

ABSENT = {name: reason for reason, names in _REASONS.items() for name in names.split()}
NEEDS = {name: (need,) for need, names in _WANTED.items() for name in names.split()}

_DISCARDED = {
    "SD207": "`coordinates.to(torch.float32)` makes a copy that nobody takes, when it embeds points"
}
FAULTS = {
    "cvt": {
        "SD301": "scales by embed_dim ** -0.5 with several heads, as the code published with the paper does"
    },
    "prophetnet": {
        "SD201": "reads rows in the order (batch, token, ngram, head) as (batch, ngram, head, token)"
    },
    "sam2": _DISCARDED,
    "sam3_tracker": _DISCARDED,
    "vjepa2": {
        "SD208": "tiles the frequencies of its rotary positions over pairs that are interleaved; the authors' own "
        "code (facebookresearch/vjepa2) notes it and keeps it for the sake of the weights"
    },
}
