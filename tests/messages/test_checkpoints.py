"""Floods of mismatching parameters come down to what was configured otherwise."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from shapedoc.messages import explain_text
from shapedoc.messages.meaning.causes import Cause

Shapes = dict[str, tuple[int, ...]]
HEAD = "RuntimeError: Error(s) in loading state_dict for {}:\n"


def llama(hidden: int, kv: int, layers: int, vocabulary: int = 32000, inner: int = 11008) -> Shapes:
    shapes: Shapes = {
        "model.embed_tokens.weight": (vocabulary, hidden),
        "lm_head.weight": (vocabulary, hidden),
    }
    for i in range(layers):
        block = f"model.layers.{i}."
        shapes |= {
            f"{block}self_attn.q_proj.weight": (hidden, hidden),
            f"{block}self_attn.k_proj.weight": (kv, hidden),
            f"{block}self_attn.v_proj.weight": (kv, hidden),
            f"{block}self_attn.o_proj.weight": (hidden, hidden),
            f"{block}mlp.gate_proj.weight": (inner, hidden),
            f"{block}mlp.up_proj.weight": (inner, hidden),
            f"{block}mlp.down_proj.weight": (hidden, inner),
            f"{block}input_layernorm.weight": (hidden,),
            f"{block}post_attention_layernorm.weight": (hidden,),
        }
    return shapes


def vit(patch: int, side: int = 224, hidden: int = 768, classes: int = 1000) -> Shapes:
    return {
        "patch_embed.proj.weight": (hidden, 3, patch, patch),
        "pos_embed": (1, (side // patch) ** 2 + 1, hidden),
        "blocks.0.attn.qkv.weight": (3 * hidden, hidden),
        "blocks.0.norm1.weight": (hidden,),
        "head.weight": (classes, hidden),
        "head.bias": (classes,),
    }


def lines(checkpoint: Shapes, model: Shapes) -> Iterable[str]:
    for key, shape in checkpoint.items():
        if shape != model[key]:
            yield (
                f"\tsize mismatch for {key}: copying a param with shape torch.Size({list(shape)}) from checkpoint, "
                f"the shape in current model is torch.Size({list(model[key])}).\n"
            )


def causes(checkpoint: Shapes, model: Shapes) -> tuple[Cause, ...]:
    return explain_text(HEAD.format("Net") + "".join(lines(checkpoint, model))).causes


def test_600_lines_of_another_hidden_size_are_one_cause() -> None:
    small, large = llama(4096, 4096, 66), llama(5120, 5120, 66, inner=13824)
    assert len(list(lines(small, large))) >= 596
    [cause] = causes(small, large)
    assert cause.code == "SD112"
    assert "4096" in cause.message and "5120" in cause.message
    assert any("11008 and 13824" in note for note in cause.notes)


@pytest.mark.parametrize(
    ("checkpoint", "model", "wanted"),
    [
        (llama(4096, 1024, 32), llama(4096, 4096, 32), [("key and value", "1024", "8 kv heads x 128")]),
        (llama(4096, 4096, 4), llama(4096, 4096, 4, vocabulary=32064), [("vocabulary", "32064", "32064")]),
        (vit(16), vit(32), [("position tables", "197", "14 x 14"), ("patch kernels", "16", "32 = 2 x 16")]),
        (vit(16), vit(16, classes=10), [("classifier", "1000", "head.weight")]),
        (vit(16), vit(16, side=384), [("position tables", "577", "pos_embed")]),
        (
            llama(4096, 4096, 66) | vit(16),
            llama(5120, 5120, 66) | vit(16, classes=10),
            [("another width", "5120", "4096"), ("classifier", "1000", "head.weight")],
        ),
    ],
)
def test_each_role_is_one_cause(
    checkpoint: Shapes, model: Shapes, wanted: list[tuple[str, str, str]]
) -> None:
    found = causes(checkpoint, model)
    assert len(found) == len(wanted) <= 2
    for role, size, note in wanted:
        [cause] = [cause for cause in found if role in cause.message]
        assert size in cause.message
        assert any(note in text for text in (cause.message, *cause.notes))


def test_two_models_loaded_one_after_the_other_stay_apart() -> None:
    mismatch = "\tsize mismatch for conv.weight: copying a param with shape torch.Size([8, 4]) from checkpoint, the shape in current model is torch.Size([8, {}]).\n"
    log = HEAD.format("Encoder") + mismatch.format(5) + "\n" + HEAD.format("Decoder") + mismatch.format(6)
    assert len(explain_text(log).causes) == 2


@pytest.mark.parametrize("shape", ["[0]", "[8388608, 1]"])
def test_partitioned_and_packed_weights_are_told_from_mismatches(shape: str) -> None:
    [cause] = explain_text(
        HEAD.format("Net")
        + "\tsize mismatch for fc.weight: copying a param with shape torch.Size([4096, 4096]) from checkpoint, "
        f"the shape in current model is torch.Size({shape}).\n"
    ).causes
    assert ("ZeRO-3" if shape == "[0]" else "4 bits") in cause.message


def test_lines_cut_by_a_terminal_still_tell_what_failed() -> None:
    line = "\tsize mismatch for fc.weight: copying a param with shape torch.Size([8, 4]) from checkpoint, the shape in current\n"
    [cause] = explain_text(HEAD.format("Net") + line).causes
    assert cause.code == "SD112"


def test_names_that_differ_by_a_prefix() -> None:
    log = (
        HEAD.format("Net")
        + '\tMissing key(s) in state_dict: "fc.weight", "fc.bias". \n\tUnexpected key(s) in state_dict: "module.fc.weight", "module.fc.bias". \n'
    )
    [cause] = explain_text(log).causes
    assert "'module.'" in cause.message and "removeprefix('module.')" in cause.fixes[0]
