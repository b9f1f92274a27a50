"""`--tp` finds what ranks cannot divide: heads, kv heads, inner widths, the vocabulary."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from tests.tools import trace_source

MODEL = """
class Attention(nn.Module):
    def __init__(self, dim, heads, kv_heads):
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = heads, kv_heads, dim // heads
        self.q = nn.Linear(dim, dim)
        self.kv = nn.Linear(dim, 2 * kv_heads * self.head_dim)

    def forward(self, x):
        q = rearrange(self.q(x), "b s (h d) -> b h s d", h=self.heads)
        k, v = rearrange(self.kv(x), "b s (m h d) -> m b h s d", m=2, h=self.kv_heads)
        k, v = (repeat(t, "b h s d -> b (h n) s d", n=self.heads // self.kv_heads) for t in (k, v))
        return rearrange(F.scaled_dot_product_attention(q, k, v), "b h s d -> b s (h d)")

class Net(nn.Module):
    def __init__(self, dim=512, heads=16, kv_heads=16, hidden=2048, vocab=1024, depth=2):
        super().__init__()
        self.embed = nn.Embedding(vocab, dim)
        self.layers = nn.ModuleList(Attention(dim, heads, kv_heads) for _ in range(depth))
        self.up, self.down = nn.Linear(dim, hidden), nn.Linear(hidden, dim)
        self.head = nn.Linear(dim, vocab)
        self.classes = nn.Linear(dim, 3)

    def forward(self, ids):
        x = self.embed(ids)
        for layer in self.layers:
            x = x + layer(x)
        return self.head(x + self.down(self.up(x))), self.classes(x[:, 0])
"""


@pytest.mark.parametrize(
    ("arguments", "ranks", "expected"),
    [
        ("", "1,2,4,8,16", []),
        ("kv_heads=8", "16", [("SD106", "8 kv heads")]),
        ("kv_heads=8", "8", []),
        ("dim=384, heads=12, kv_heads=12", "8", [("SD106", "12 kv heads"), ("SD110", "12 heads")]),
        ("vocab=1027", "2,4", [("SD110", "1027 rows")]),
        ("hidden=2050", "2,4", [("SD110", "2050 inner")]),
    ],
)
def test_what_does_not_divide(
    arguments: str, ranks: str, expected: list[tuple[str, str]], tmp_path: Path
) -> None:
    report = trace_source(MODEL, f"-i 2,7:int64 --tp {ranks}", tmp_path, f"Net({arguments})")
    found = [(finding.code, finding.message) for finding in report.findings]
    assert [code for code, _ in found] == [code for code, _ in expected]
    assert all(message.startswith(text) for (_, message), (_, text) in zip(found, expected, strict=True))


def test_a_sweep_names_the_degrees_that_fail(tmp_path: Path) -> None:
    [finding] = trace_source(MODEL, "-i 2,7:int64 --tp 1,2,4,8,16", tmp_path, "Net(kv_heads=4)").findings
    assert finding.message.endswith("among 8 or 16 ranks")
    assert "layers.0" in finding.notes[0] and "layers.1" in finding.notes[0]


def test_a_large_model_is_divided_without_its_weights(tmp_path: Path) -> None:
    large = "Net(dim=8192, heads=64, kv_heads=8, hidden=28672, vocab=128256, depth=80)"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    [finding] = trace_source(MODEL, "-i 1,64:int64 --tp 16", tmp_path, large).findings
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert (finding.code, len(finding.notes[0].split(","))) == ("SD106", 3)
    assert grown < 256 * 1024  # kilobytes; a single layer's weights would be more
