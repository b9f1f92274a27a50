"""What is no fault of shapes is not called one."""

from __future__ import annotations

import pytest

from shapedoc.messages import explain_log, explain_text
from tests.messages import ordinary


def test_nothing_is_recognised_in_ordinary_logs() -> None:
    lines = list(ordinary.lines(50_000))
    explanation = explain_log(f"{line}\n".encode() for line in lines)
    assert explanation.lines == 50_000
    assert [(str(cause), lines[cause.first.number - 1]) for cause in explanation.causes] == []


@pytest.mark.parametrize("text", sorted(set(ordinary.LINES)))
def test_each_ordinary_line_alone_is_silent(text: str) -> None:
    filled = text.format(n=12345, m=64, r=4, p=50, f=1.25, e="3e-4", t="10:00:00", d="2026-11-21", bar="██")
    assert not explain_text(filled).causes


def test_what_ended_the_run_is_named() -> None:
    explanation = explain_text("step 1\nTraceback (most recent call last):\nKeyError: 'labels'\n")
    assert not explanation.causes
    assert any("KeyError" in note for note in explanation.notes)


def test_mismatches_that_a_loader_survives_are_no_cause_of_a_later_crash() -> None:
    explanation = explain_text(
        "The model and loaded state dict do not match exactly\n\n"
        "size mismatch for head.weight: copying a param with shape torch.Size([1000, 768]) from checkpoint, "
        "the shape in current model is torch.Size([10, 768]).\n"
        "epoch 1 loss 3.2\n"
        "Traceback (most recent call last):\n"
        '  File "train.py", line 70, in main\n'
        "    history[name].append(value)\n"
        "KeyError: 'accuracy'\n"
    )
    assert not explanation.causes
    assert any("1000 in the checkpoint" in note for note in explanation.notes)
    assert any("KeyError" in note for note in explanation.notes)


def test_none_without_an_attribute_is_a_fault_in_backward_only() -> None:
    text = "  File \"net.py\", line 3, in {}\n    return g.to(x.dtype)\nAttributeError: 'NoneType' object has no attribute 'to'\n"
    assert not explain_text(text.format("forward")).causes
    assert [cause.code for cause in explain_text(text.format("backward")).causes] == ["SD401"]


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("a, b = line.split('=')", []),
        ("b, t, c = x.shape", ["SD111"]),
        ("q, k, v = qkv.chunk(3, -1)", ["SD111"]),
    ],
)
def test_unpacking_is_a_fault_of_shapes_where_the_line_says_so(line: str, codes: list[str]) -> None:
    text = f'  File "net.py", line 3, in f\n    {line}\nValueError: not enough values to unpack (expected 3, got 2)\n'
    assert [cause.code for cause in explain_text(text).causes] == codes


def test_assertion_of_values_on_a_gpu_is_none_of_an_index() -> None:
    explanation = explain_text(
        "Loss.cu:92: operator(): block: [0,0,0], thread: [1,0,0] Assertion `input_val >= zero && input_val <= one` failed.\n"
        "RuntimeError: CUDA error: device-side assert triggered\n"
    )
    assert not explanation.causes
