"""Hugging Face transformers and diffusers: images, positions, multimodal tokens, tensor parallel heads.

>>> from shapedoc.messages import explain_text
>>> [cause] = explain_text("ValueError: Input image size (256*256) doesn't match model (224*224).").causes
>>> print(cause)
SD108 the image is 256 x 256, the model was made for 224 x 224
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Role, Seen
from shapedoc.messages.meaning.numbers import relation

IMAGE = (
    "resize the image as the model's processor does",
    "pass interpolate_pos_encoding=True where the model takes it",
    "build the model for this size: image_size=…",
)


def shards(seen: Seen) -> Reading | None:
    """Parallel degrees that would divide."""
    a, b = seen.number("n"), seen.number("t")
    degrees = [d for d in (1, 2, 4, 8, 16) if a and a % d == 0]
    return (
        Reading(notes=(relation(b, a),), fixes=(f"use {' or '.join(map(str, degrees[:4]))} ranks for {a}",))
        if degrees
        else None
    )


def who_divides(seen: Seen) -> Reading:
    """Helpers of Megatron and vLLM that name no size."""
    a, b = seen.number("a"), seen.number("b")
    degrees = [d for d in (2, 4, 8, 16) if a % d == 0]
    fix = (f"{' or '.join(map(str, degrees))} divide {a}",) if degrees else ()
    return Reading(
        f"{b} does not divide {a}: heads or features among tensor-parallel ranks, or groups", fixes=fix
    )


FAULTS = (
    Fault(
        "SD108",
        "the image is {h} x {w}, the model was made for {H} x {W}",
        (
            "Input image size ({h}*{w}) doesn't match model ({H}*{W})",
            "Input image size ({h}*{w}) doesn't match model ({H}, {W})",
            "Input image size ({h}x{w}) doesn't match model ({H}x{W})",
        ),
        compare="H h",
        fixes=IMAGE,
    ),
    Fault(
        "SD108",
        "the image is {h} high or wide, the model was made for {H}",
        (
            "Input height ({h}) doesn't match model ({H})",
            "Input width ({h}) doesn't match model ({H})",
            "Input image height ({h}) doesn't match model ({H})",
            "Input image width ({h}) doesn't match model ({H})",
        ),
        compare="H h",
        fixes=(
            "resize the image to the model's size",
            "timm: create_model(…, img_size=…) or dynamic_img_size=True",
        ),
    ),
    Fault(
        "SD110",
        "an image side of {a} is no multiple of the patch size {b}",
        (
            "Input height ({a}) should be divisible by patch size ({b})",
            "Input width ({a}) should be divisible by patch size ({b})",
            "Input image height {a} is not a multiple of patch height {b}",
            "Input image width {a} is not a multiple of patch width {b}",
            "Wrong input shape height={a}, width={:}. Expected image height and width divisible by {b}",
        ),
        compare="b a",
        fixes=("resize or pad the image to a multiple of {b}", "choose a patch size that divides the image"),
    ),
    Fault(
        "SD110",
        "the patch size does not divide the image",
        (
            "Image dimensions must be divisible by the patch size",
            "image size must be divisible by patch size",
            "image_size must be divisible by patch_size",
            "img_size should be divided by patch_size",
        ),
        fixes=(
            "resize the image to a multiple of the patch size",
            "choose a patch size that divides the image",
        ),
        untold="both numbers",
    ),
    Fault(
        "SD105",
        "the image has {b} channels, the model takes {a}",
        (
            (
                "channel dimension of the pixel values match with the one set in the configuration. Expected "
                "{a} but got {b}"
            ),
        ),
        compare="a b",
        fixes=(
            "convert the images: Image.open(path).convert('RGB')",
            "set num_channels={b} in the configuration",
        ),
    ),
    Fault(
        "SD105",
        "the channels of the image are not those of the model",
        (
            (
                "Make sure that the channel dimension of the pixel values match with the one set in the "
                "configuration"
            ),
        ),
        fixes=(
            "convert the images: Image.open(path).convert('RGB')",
            "pass channels first: [batch, channels, height, width]",
        ),
        untold="both numbers",
    ),
    Fault(
        "SD109",
        "the sequence is {a} long, the model has {b} positions",
        (
            (
                "Sequence length must be less than max_position_embeddings (got `sequence length`: {a} and "
                "max_position_embeddings: {b}"
            ),
            "Sequence length {a} is larger than the maximum {b}",
        ),
        compare="b a",
        fixes=(
            "cut the text: tokenizer(…, truncation=True, max_length={b})",
            "use a model with more positions",
        ),
    ),
    Fault(
        "SD109",
        "the sequence is {a} long, the block holds {b}",
        ("Cannot forward sequence of length {a}, block size is only {b}",),
        compare="b a",
        fixes=("cut the sequence: idx[:, -{b}:]", "build the model with block_size={a}"),
    ),
    Fault(
        "",
        "a text of {a} tokens is longer than the {b} positions of the model: an index error may follow",
        (
            (
                "Token indices sequence length is longer than the specified maximum sequence length for this "
                "model ({a} > {b})"
            ),
        ),
        role=Role.WARNING,
    ),
    Fault(
        "SD108",
        "the mel features are {b} long, Whisper takes {a}",
        ("Whisper expects the mel input features to be of length {a}, but found {b}",),
        compare="a b",
        fixes=("pad to 30 seconds: processor(audio, sampling_rate=16000, padding='max_length')",),
    ),
    Fault(
        "SD108",
        "{a} image tokens stand in the text, the vision tower gives {b} features",
        (
            "Image features and image tokens do not match: tokens: {a}, features {b}",
            "Video features and video tokens do not match: tokens: {a}, features {b}",
            "Image features and image tokens do not match, tokens: {a}, features: {b}",
        ),
        compare="a b",
        fixes=(
            "use the processor of this very model, with its patch_size and vision_feature_select_strategy",
            "do not truncate a text that holds image tokens",
        ),
    ),
    Fault(
        "SD108",
        "the text holds {a} images, {b} were given",
        ("The number of image tokens is {a} while the number of image given to the model is {b}",),
        fixes=("put one image token into the text for each image: processor.apply_chat_template",),
    ),
    Fault(
        "SD110",
        "{t} tensor-parallel ranks do not divide {n} heads",
        (
            "Total number of attention heads ({n}) must be divisible by tensor parallel size ({t})",
            "{n} heads cannot be split among {t} ranks",
            "num_attention_heads ({n}) must be divisible by tensor parallel size ({t})",
            "Number of attention heads ({n}) must be divisible by the tensor parallel size ({t})",
        ),
        decode=(shards,),
        fixes=("choose a tensor-parallel size that divides the heads",),
    ),
    Fault(
        "SD110",
        "{b} does not divide {a}",
        ("AssertionError: {a} is not divisible by {b}", "{a} is not divisible by {b}"),
        compare="b a",
        decode=(who_divides,),
        fixes=("choose a tensor-parallel size that divides heads, kv heads, hidden and vocabulary sizes",),
        untold="which sizes they are",
    ),
)
