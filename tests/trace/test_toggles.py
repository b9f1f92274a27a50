"""`--toggle` runs both ways of a flag on the same numbers, and names the steps where they part."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapedoc.core.report import Report
from tests.tools import line_of, trace_source

MODEL = """
FAST = True

class Attention(nn.Module):
    def __init__(self, dim, num_heads, causal=False):
        super().__init__()
        self.num_heads = num_heads
        self.head_dim = dim // num_heads
        self.scale = {root} ** -0.5
        self.fused = True
        self.causal = causal
        self.qkv = nn.Linear(dim, 3 * dim)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        if self.fused and FAST:
            x = F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)
        else:
            weights = q @ k.transpose(-2, -1) * self.scale
            if self.causal:
                weights = weights + torch.full((t, t), -1e9).triu(1)
            x = weights.softmax(-1) @ v
        return x.transpose(1, 2).reshape(b, t, d)

class Net(nn.Module):
    def __init__(self, dim=64, num_heads=4, depth=2):
        super().__init__()
        self.blocks = nn.ModuleList(Attention(dim, num_heads) for _ in range(depth))

    def forward(self, x):
        for block in self.blocks:
            x = x + block(x)
        return x
"""
WRONG, RIGHT = MODEL.format(root="num_heads"), MODEL.format(root="self.head_dim")


def traced(code: str, toggle: str, folder: Path, target: str = "Net") -> Report:
    return trace_source(code, f'-i "b=2 t=5 d=64" --toggle {toggle}', folder, target)


def labels(report: Report) -> list[set[int]]:
    return [{label.span.line for label in found.labels} for found in report.findings if found.code == "SD302"]


@pytest.mark.parametrize("toggle", ["fused", "auto", "FAST"])
@pytest.mark.parametrize("target", ["Net", "Net(num_heads=8)"])
def test_both_ends_of_the_branch_are_named(toggle: str, target: str, tmp_path: Path) -> None:
    report = traced(WRONG, toggle, tmp_path, target)
    ends = {line_of(WRONG, "scaled_dot"), line_of(WRONG, "weights.softmax")}
    assert report.stopped is None
    assert labels(report) and all(found == ends for found in labels(report))


def test_a_path_names_one_module(tmp_path: Path) -> None:
    report = traced(WRONG, "blocks.1.fused", tmp_path)
    [finding] = [found for found in report.findings if found.code == "SD302"]
    assert len(labels(report)) == 1 and finding.module != "blocks.0"


def test_sizes_at_which_both_agree_are_told(tmp_path: Path) -> None:
    [finding] = [
        f for f in traced(WRONG, "fused", tmp_path, "Net(num_heads=8)").findings if f.code == "SD302"
    ]
    assert any("num_heads=" in note for note in finding.notes)


@pytest.mark.parametrize("toggle", ["fused", "auto"])
def test_ways_that_agree_are_silent(toggle: str, tmp_path: Path) -> None:
    report = traced(RIGHT, toggle, tmp_path)
    assert (report.findings, report.stopped) == ((), None)


def test_a_flag_that_is_meant_to_change_numbers_is_not_tried_unasked(tmp_path: Path) -> None:
    assert labels(traced(RIGHT, "auto", tmp_path)) == []
    assert len(labels(traced(RIGHT, "causal", tmp_path))) == 1


@pytest.mark.parametrize("toggle", ["nonsense", "blocks.7.fused", "num_heads", "training.x"])
def test_a_flag_that_is_not_there_is_one_line(toggle: str, tmp_path: Path) -> None:
    report = traced(RIGHT, toggle, tmp_path)
    assert report.exit_status == 2
    assert report.stopped and toggle in report.stopped.message


def test_numbers_of_a_stand_in_are_not_compared(tmp_path: Path) -> None:
    code = RIGHT.replace("F.scaled_dot_product_attention(q, k, v, is_causal=self.causal)", "kernel(q, k, v)")
    code = "from xformers.ops import memory_efficient_attention as kernel\n" + code
    report = traced(code, "fused", tmp_path)
    assert labels(report) == [] and any("stood in for" in note for note in report.notes)


def test_a_way_that_fails_is_told(tmp_path: Path) -> None:
    code = RIGHT.replace("weights.softmax(-1) @ v", "weights.softmax(-1) @ v.transpose(-2, -1)")
    report = traced(code, "fused", tmp_path)
    assert report.findings == () and any("fused=False" in note for note in report.notes)
