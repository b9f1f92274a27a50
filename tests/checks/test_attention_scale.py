"""SD301 finds the root of the wrong size however it is written, and nothing in what is meant."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.tools import line_of, trace_source

MODULE = """
import math

def eager(module, q, k, v, scaling):
    weights = torch.matmul(q, k.transpose(2, 3)) * scaling
    return weights.softmax(-1) @ v

class Net(nn.Module):
    def __init__(self, dim=64, num_heads={heads}):
        super().__init__()
        self.dim = dim
        self.num_heads = num_heads
        self.head_dim = dim // num_heads
        self.temperature = nn.Parameter(torch.ones(num_heads, 1, 1))
        {setting}
        self.qkv = nn.Linear(dim, 3 * dim)

    def forward(self, x):
        b, t, d = x.shape
        q, k, v = self.qkv(x).view(b, t, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4)
        {forward}
        return x.transpose(1, 2).reshape(b, t, d)
"""
WRITTEN_OUT = "x = (q @ k.transpose(-2, -1) * self.scale).softmax(-1) @ v"

BAD = {
    "scores": ("self.scale = num_heads**-0.5", WRITTEN_OUT),
    "queries": ("self.scale = num_heads**-0.5", "x = ((q * self.scale) @ k.transpose(-2, -1)).softmax(-1) @ v"),
    "in place": ("self.scale = num_heads**-0.5", "q *= self.scale; x = (q @ k.mT).softmax(-1) @ v"),
    "divided": ("self.root = math.sqrt(self.num_heads)", "x = (q @ k.mT / self.root).softmax(-1) @ v"),
    "one over": ("self.scale = 1 / math.sqrt(num_heads)", WRITTEN_OUT),
    "a tensor": (
        "self.root = torch.sqrt(torch.FloatTensor([num_heads])).to('cpu')",
        "x = (q @ k.mT / self.root).softmax(-1) @ v",
    ),
    "whole width": ("self.scale = dim**-0.5", WRITTEN_OUT),
    "a function": ("self.scaling = num_heads**-0.5", "x = eager(self, q, k, v, self.scaling)"),
    "fused": ("self.scale = num_heads**-0.5", "x = F.scaled_dot_product_attention(q, k, v, scale=self.scale)"),
    "einsum": ("self.scale = dim**-0.5", "a = torch.einsum('bhid,bhjd->bhij', q, k) * self.scale; x = a.softmax(-1) @ v"),
    "mask and cast": (
        "self.scale = num_heads**-0.5",
        "a = q @ k.mT * self.scale + torch.zeros(t, t); x = a.float().softmax(-1).type_as(v) @ v",
    ),
    "not taken": (
        "self.scale = num_heads**-0.5",
        f"if t:\n            x = F.scaled_dot_product_attention(q, k, v)\n        else:\n            {WRITTEN_OUT}",
    ),
    "flash-attn": (
        "self.scale = num_heads**-0.5",
        "from flash_attn import flash_attn_func; x = flash_attn_func(*(o.transpose(1, 2) for o in (q, k, v)), softmax_scale=self.scale).transpose(1, 2)",
    ),
    "NATTEN": (
        "self.scale = num_heads**-0.5",
        "from natten.functional import na1d_qk, na1d_av; x = na1d_av(na1d_qk(q * self.scale, k, 3).softmax(-1), v, 3)",
    ),
    "xformers": (
        "self.scale = dim**-0.5",
        "from xformers.ops import memory_efficient_attention as m; x = m(*(o.transpose(1, 2) for o in (q, k, v)), scale=self.scale).transpose(1, 2)",
    ),
    "baddbmm": (
        "self.scale = num_heads**-0.5",
        "a = torch.baddbmm(torch.zeros(1, t, t), q.flatten(0, 1), k.flatten(0, 1).mT, alpha=self.scale); x = (a.softmax(-1) @ v.flatten(0, 1)).unflatten(0, (b, -1))",
    ),
}  # fmt: skip
GOOD = {
    "head_dim": ("self.scale = self.head_dim**-0.5", WRITTEN_OUT),
    "no scale": ("", "x = (q @ k.mT).softmax(-1) @ v"),
    "one over head_dim": ("self.scale = 1 / self.head_dim", WRITTEN_OUT),
    "half in each": ("self.scale = self.head_dim**-0.25", "x = ((q * self.scale) @ (k * self.scale).mT).softmax(-1) @ v"),
    "learned": ("", "x = (q @ k.mT * self.temperature).softmax(-1) @ v"),
    "cosine": ("self.scale = 0.125", "x = (F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).mT * self.scale).softmax(-1) @ v"),
    "a constant": ("self.scale = 0.125", WRITTEN_OUT),
    "a tensor": ("self.root = torch.sqrt(torch.FloatTensor([self.head_dim]))", "x = (q @ k.mT / self.root).softmax(-1) @ v"),
    "one learned value": ("self.root = nn.Parameter(torch.tensor(2.0))", "x = (q @ k.mT / self.root).softmax(-1) @ v"),
    "capped": ("self.scale = dim**-0.5", "x = (50 * torch.tanh(q @ k.mT * self.scale / 50)).softmax(-1) @ v"),
    "fused": ("self.scale = dim**-0.5", "x = F.scaled_dot_product_attention(q, k, v)"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def no_kernel_is_imported_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process of its own: other tests of this one may have imported what is stood in for here."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "natten"]:
        monkeypatch.delitem(sys.modules, name)


def found(tmp_path: Path, heads: int, setting: str, forward: str) -> tuple[list[tuple[str, set[int]]], str]:
    code = MODULE.format(heads=heads, setting=setting, forward=forward)
    report = trace_source(code, '-i "b=2 t=5 d=64"', tmp_path)
    assert report.stopped is None
    lines = [
        (
            finding.code,
            {span.line for span in (finding.span, *(label.span for label in finding.labels)) if span},
        )
        for finding in report.findings
    ]
    return lines, code


@pytest.mark.parametrize("name", BAD)
def test_the_line_that_set_the_scale_is_named(name: str, tmp_path: Path) -> None:
    setting, forward = BAD[name]
    [(code, lines)], source = found(tmp_path, 4, setting, forward)
    assert code == "SD301" and line_of(source, setting) in lines


@pytest.mark.parametrize("name", [name for name in BAD if "num_heads" in BAD[name][0]])
def test_as_many_heads_as_head_dim_hide_nothing(name: str, tmp_path: Path) -> None:
    setting, forward = BAD[name]
    [(code, lines)], source = found(tmp_path, 8, setting, forward)
    assert code == "SD301" and line_of(source, setting) in lines


@pytest.mark.parametrize("heads", [4, 8])
@pytest.mark.parametrize("name", GOOD)
def test_what_is_meant_is_silent(name: str, heads: int, tmp_path: Path) -> None:
    assert found(tmp_path, heads, *GOOD[name])[0] == []
