"""The arguments of those model types that ask for more, or for another shape, than `_hf_makers` gives by name.

>>> ARGUMENTS["bros"]["bbox"](None).shape
torch.Size([2, 12, 8])

`None` leaves a parameter out.
"""

from __future__ import annotations

import torch

from ._hf_makers import (
    BATCH,
    COLUMNS,
    DECODED,
    FRAMES,
    ROWS,
    SAMPLES,
    TOKENS,
    Maker,
    bins_by_frames,
    boxes,
    constant,
    floats,
    ints,
    ones,
    placeholders,
    several_images,
    text,
    thirty_seconds,
)

Given = dict[str, Maker | None]


def _each(names: str, given: Given) -> dict[str, Given]:
    return dict.fromkeys(names.split(), given)


def _with_images(count: int, **more: Maker | None) -> Given:
    return {"input_ids": placeholders(count), **more}


# fmt: off
PATCHES = ROWS * COLUMNS
WAVE: Given = {"input_values": floats(BATCH, 1, SAMPLES)}
TILES: Given = {"pixel_values": several_images(2)}
WHISPER_MEL: Given = {"input_features": thirty_seconds}
AUDIO_MASK: Given = {"input_features": bins_by_frames(FRAMES), "input_features_mask": ones(BATCH, FRAMES)}
TEXT_ONLY: Given = {"pixel_values": None, "image_grid_thw": None, "mm_token_type_ids": None, "input_ids": text()}
SERIES: Given = {
    "past_values": floats(BATCH, 31), "past_time_features": floats(BATCH, 31, 3), "past_observed_mask": ones(BATCH, 31),
    "future_values": floats(BATCH, 6), "future_time_features": floats(BATCH, 6, 3),
}
PATCHED: Given = {
    "pixel_values": floats(BATCH, PATCHES, 768), "pixel_attention_mask": ones(BATCH, PATCHES),
    "spatial_shapes": constant(torch.tensor([[ROWS, COLUMNS]] * BATCH)),
}
TWO_FRAME_PATCHES: Given = {"pixel_values": floats(BATCH * PATCHES, 1176)}
SPEECH_AND_WAVE: Given = {**WAVE, "input_features": floats(BATCH, FRAMES, 160)}
ANYRES: Given = {"pixel_values": several_images(3), "image_sizes": constant(torch.tensor([[56, 112]] * BATCH))}
SIZED: Given = {"image_sizes": constant(torch.tensor([[56, 56]] * BATCH))}

ARGUMENTS: dict[str, Given] = {
    **_each("dac encodec mimi mimi_encoder pe_audio_encoder vibevoice_acoustic_tokenizer", WAVE),
    **_each("pocket_tts_audio_tokenizer pocket_tts_audio_tokenizer_encoder", WAVE),
    **_each("mimi_decoder pocket_tts_audio_tokenizer_decoder", {"latents": floats(BATCH, 512, 9)}),
    **_each("timesformer xclip", {"pixel_values": several_images(8)}),
    **_each("efficientloftr lightglue", TILES),
    **_each("whisper qwen2_audio_encoder voxtral_encoder moss_transcribe_diarize_audio", WHISPER_MEL),
    **_each("glmasr_encoder voxtral_realtime_encoder", {"input_features": bins_by_frames(FRAMES)}),
    **_each("autoformer informer time_series_transformer", SERIES),
    **_each("audioflamingo3_encoder qwen3_asr_encoder", AUDIO_MASK),
    **_each("cohere2_vision got_ocr2 internvl paligemma qianfan_ocr ovis2 video_llava", _with_images(256)),
    **_each("llava vipllava janus", _with_images(576)),
    **_each("modernvbert ultravbert", _with_images(98, pixel_values=several_images(2))),
    **_each("idefics3 smolvlm", _with_images(8, pixel_values=several_images(2))),
    **_each("gemma3 t5gemma2", _with_images(49)),
    **_each("gemma4 gemma4_unified embedding_gemma2 chameleon emu3", TEXT_ONLY),
    **_each("granite_speech5_ctc granite_speech5_encoder", {"input_features": floats(BATCH, FRAMES, 320)}),
    **_each("kimi_k25 kimi_k25_vision", {"pixel_values": floats(BATCH * PATCHES, 3, 14, 14)}),
    **_each("llava_next llava_next_video llava_onevision", _with_images(52, **ANYRES)),
    **_each("mistral3 lighton_ocr mistral_large4", _with_images(4, **SIZED)),
    **_each("muse_glimmer_vision muse_spark_vision muse_glimmer muse_spark", TWO_FRAME_PATCHES),
    **_each("siglip2 siglip2_vision_model", PATCHED),
    **_each("xcodec2 neucodec", SPEECH_AND_WAVE),
    "aria": _with_images(128),
    "audio-spectrogram-transformer": {"input_values": floats(BATCH, 1024, 128)},
    "aya_vision": _with_images(81),
    "blip-2": _with_images(32),
    "blip_2_qformer": {"query_embeds": floats(BATCH, 8, 64), "encoder_hidden_states": floats(BATCH, 17, 64)},
    "bros": {"bbox": floats(BATCH, TOKENS, 8)},
    "clap": {"input_features": floats(BATCH, 1, 1001, 64)},
    "clvp": {"input_features": floats(BATCH, 80, 50)},
    "decision_transformer": {
        "states": floats(BATCH, 6, 17), "actions": floats(BATCH, 6, 4), "rewards": floats(BATCH, 6, 1),
        "returns_to_go": floats(BATCH, 6, 1), "timesteps": ints(40, BATCH, 6), "attention_mask": ones(BATCH, 6),
    },
    "deepseek_vl": _with_images(196),
    "depth_pro": {"pixel_values": floats(1, 3, 1536, 1536)},
    "dia": {"decoder_input_ids": ints(20, BATCH, DECODED, 9)},
    "florence2": _with_images(50),
    "fun_asr_nano_encoder": {"input_features": floats(BATCH, FRAMES, 560), "input_features_mask": ones(BATCH, FRAMES)},
    "fuyu": _with_images(6, pixel_values=floats(BATCH, 6, 2700)),
    "gemma3n_audio": {"audio_mel": floats(BATCH, 64, 128), "audio_mel_mask": constant(torch.zeros(BATCH, 64).bool())},
    "gemma4_audio": {"input_features": floats(BATCH, FRAMES, 128)},
    "gemma4_vision": {"pixel_values": floats(BATCH, 36, 768), "pixel_position_ids": ints(6, BATCH, 36, 2)},
    "hunyuan_vl": _with_images(10),
    "idefics": {**TILES, "image_attention_mask": ones(BATCH, TOKENS, 2)},
    "idefics2": _with_images(128, pixel_values=several_images(2)),
    "instructblip": _with_images(32, qformer_input_ids=text()),
    "instructblipvideo": {
        "input_ids": placeholders(128, "video_token_index"), "qformer_input_ids": text(),
        "pixel_values": several_images(4),
    },
    "kosmos-2": {
        "input_ids": text(70),
        "image_embeds_position_mask": constant((torch.arange(70) < 64).long().expand(BATCH, 70)),
    },
    "kyutai_speech_to_text": {"input_ids": ints(20, BATCH, TOKENS, 33)},
    "layoutlmv3": {"bbox": boxes()},
    "lfm2_vl": {**PATCHED, "input_ids": placeholders(PATCHES // 4)},
    "lilt": {"bbox": boxes()},
    "llama4": _with_images(16),
    "lxmert": {"visual_feats": floats(BATCH, 9, 2048), "visual_pos": floats(BATCH, 9, 4)},
    "mllama": {
        "pixel_values": floats(BATCH, 1, 4, 3, 56, 56), "aspect_ratio_ids": ones(BATCH, 1),
        "aspect_ratio_mask": ones(BATCH, 1, 4), "cross_attention_mask": ones(BATCH, TOKENS, 1, 4),
    },
    "muse_glimmer_assistant": {"noise_embeds": floats(BATCH, 6, 64), "context_hidden_states": floats(BATCH, TOKENS, 64)},
    "muse_spark_audio": {"input_values": floats(BATCH, 9600)},
    "nemotron3_5_transcribe_word_timestamp": {"inputs_embeds": floats(BATCH, TOKENS, 64)},
    "oneformer": {"task_inputs": ints(40, BATCH, 77)},
    "paddleocr_vl": {"pixel_values": floats(BATCH * PATCHES, 3, 14, 14)},
    "patchtsmixer": {"past_values": floats(BATCH, 32, 1)},
    "patchtst": {"past_values": floats(BATCH, 32, 1)},
    "pe_audio": {**WAVE, "input_ids": text()},
    "perceiver": {"inputs": floats(BATCH, 50, 64)},
    "rf_detr": {"pixel_values": floats(BATCH, 3, 504, 504)},
    "seggpt": dict.fromkeys(("pixel_values", "prompt_pixel_values", "prompt_masks"), floats(BATCH, 3, 448, 448)),
    "speecht5": {"input_values": floats(BATCH, 20, 64), "decoder_input_values": floats(BATCH, DECODED, 64)},
    "timesfm": {"past_values": floats(BATCH, 64), "past_values_padding": ints(1, BATCH, 64), "freq": ints(2, BATCH, 1)},
    "timesfm2_5": {"past_values": floats(BATCH, 64)},
    "tvp": {"pixel_values": floats(BATCH, 4, 3, 448, 448)},
    "udop": {"bbox": floats(BATCH, TOKENS, 4)},
    "vibevoice_acoustic_tokenizer_decoder": {"hidden_states": floats(BATCH, 64, 5)},
    "vibevoice_acoustic_tokenizer_encoder": {"hidden_states": floats(BATCH, 1, SAMPLES)},
    "video_llama_3": {"image_merge_sizes": constant(torch.tensor([2, 2]))},
    "video_llama_3_vision": {"merge_sizes": constant(torch.tensor([2, 2]))},
    "videomae": {"pixel_values": several_images(16)},
    "videoprism": {"pixel_values_videos": several_images(16)},
    "videoprism_vision_model": {"pixel_values_videos": several_images(16)},
    "vivit": {"pixel_values": several_images(32)},
    "wav2vec2-bert": {"input_features": floats(BATCH, FRAMES, 160)},
    "xcodec": WAVE,
}
# fmt: on
