"""A component used outside the layout it takes: what to write around it, and what runs and is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tools import line_of, trace_source

LAYER = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = {layer}

    def forward(self, x):
        out = {call}
        return out[0] if isinstance(out, tuple) else out
"""
IMAGE, CHANNELS_FIRST, CHANNELS_LAST = "b=2 c=64 h=8 w=6", "b=2 c=64 t=10", "b=2 t=10 c=64"
CASES = {
    "encoder": ("nn.TransformerEncoderLayer(64, 4, batch_first=True)", IMAGE, "SD111", "flatten(2)"),
    "recurrent": ("nn.LSTM(64, 32, batch_first=True)", IMAGE, "SD111", "flatten(2)"),
    "recurrent, turned": ("nn.GRU(64, 32, batch_first=True)", CHANNELS_FIRST, "SD101", "transpose(1, 2)"),
    "batch norm": ("nn.BatchNorm1d(64)", CHANNELS_LAST, "SD105", "movedim(-1, 1)"),
    "group norm": ("nn.GroupNorm(8, 64)", CHANNELS_LAST, "SD105", "movedim(-1, 1)"),
    "layer norm": ("nn.LayerNorm(64)", IMAGE, "SD105", "movedim(1, -1)"),
    "another rank": ("nn.BatchNorm1d(64)", IMAGE, "SD111", "BatchNorm2d"),
}


def written(name: str, call: str = "self.layer(x)") -> str:
    return LAYER.format(layer=CASES[name][0], call=call)


@pytest.mark.parametrize("name", CASES)
def test_what_to_write_around_a_layer_is_told(name: str, tmp_path: Path) -> None:
    _, spec, code, text = CASES[name]
    [finding] = trace_source(written(name), f'-i "{spec}"', tmp_path).findings
    assert finding.code == code
    assert any(text in note for note in finding.notes)


@pytest.mark.parametrize("name", sorted(CASES.keys() - {"another rank"}))
def test_what_is_told_runs(name: str, tmp_path: Path) -> None:
    spec = CASES[name][1]
    [finding] = trace_source(written(name), f'-i "{spec}"', tmp_path).findings
    [note] = [note for note in finding.notes if note.startswith("write ")]
    there, back = (
        note.removeprefix("write ")
        .removesuffix(" behind what it returns")
        .split(" behind what it is given, and ")
    )
    code = (
        written(name, f"self.layer(x{there})")
        .replace("out[0]", f"out[0]{back}")
        .replace("else out", f"else out{back}")
    )
    report = trace_source(code, f'-i "{spec}"', tmp_path)
    assert (report.findings, report.stopped) == ((), None)


LOCAL = """
from xformers.components.attention import LocalAttention

class Net(nn.Module):
    def __init__(self, dim=64, num_heads={heads}):
        super().__init__()
        self.num_heads = num_heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.attention = LocalAttention(causal=False, window_size=5)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.num_heads, -1).permute(2, 0, 3, 1, 4)
        return self.attention(q, k, v)
"""


def test_heads_that_are_taken_for_tokens_are_named(tmp_path: Path) -> None:
    code = LOCAL.format(heads=4)
    [finding] = trace_source(code, '-i "b=2 t=32 d=64"', tmp_path).findings
    assert (finding.code, finding.span and finding.span.line) == ("SD111", line_of(code, "self.attention(q"))
    notes = " ".join(finding.notes)
    assert "4 heads" in notes and "32" in notes and "MultiHeadDispatch" in notes


def test_one_head_of_one_sample_runs_with_a_mask_that_hides_nothing(tmp_path: Path) -> None:
    code = LOCAL.format(heads=1)
    [finding] = trace_source(code, '-i "b=1 t=32 d=64"', tmp_path).findings
    assert (finding.code, finding.span and finding.span.line) == ("SD303", line_of(code, "self.attention(q"))
    assert any("MultiHeadDispatch" in note for note in finding.notes)
