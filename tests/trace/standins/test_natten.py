"""Models that call NATTEN, on machines that do not have it or have another version."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shapedoc.core.report import Finding, Report
from tests.tools import line_of, trace_source

UNFUSED = """
from natten.functional import na{n}d_av


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.num_heads = 4
        self.weights = nn.Conv{n}d(64, 4 * 3**{n}, 1)

    def forward(self, x):
        weights = self.weights(x)
        attn = rearrange(weights, "b (heads k) {axes} -> b heads {axes} k", heads=self.num_heads)
        value = rearrange(x, "b (g c) {axes} -> b g {axes} c", g=self.num_heads // 2)
        return na{n}d_av(attn, value, kernel_size=3, dilation=1)
"""
AXES = {1: "l", 2: "h w", 3: "d h w"}
SIZES = {1: "2,64,8", 2: "2,64,8,8", 3: "2,64,6,6,6"}


def need(name: str) -> None:
    """Skip where a library is not installed, without importing it."""
    if importlib.util.find_spec(name) is None:
        pytest.skip(f"needs {name}")


def only(report: Report) -> Finding:
    assert report.findings, report.stopped
    [finding] = report.findings
    return finding


def labelled(finding: Finding) -> set[int]:
    return {label.span.line for label in finding.labels}


@pytest.mark.parametrize("ndim", [1, 2, 3])
@pytest.mark.parametrize("present", [True, False], ids=["0.21.7", "absent"])
def test_heads_that_differ_are_found_and_lead_to_the_rearrange(
    ndim: int, present: bool, hide: Callable[[str], None], tmp_path: Path
) -> None:
    if present:
        need("natten")
    else:
        hide("natten")
    code = UNFUSED.format(n=ndim, axes=AXES[ndim])
    finding = only(report := trace_source(code, f"-i {SIZES[ndim]}", tmp_path))
    assert finding.code == "SD106"
    assert finding.message == "attn has 4 heads, value has 2"
    assert line_of(code, "g=self.num_heads // 2") in labelled(finding)
    assert any("2 != 2" in note for note in finding.notes)
    assert [(kernel.name, kernel.contract) for kernel in report.standins] == [
        (f"na{ndim}d_av", "natten 0.17.5")
    ]
    fixed = trace_source(code.replace(" // 2", ""), f"-i {SIZES[ndim]}", tmp_path)
    assert (fixed.findings, fixed.stopped) == ((), None)


CALLS = [  # a call on q, k and v of [2 4 16 16 8]; the line that is wrong, the rule, the axis or number at fault
    ("natten2dav(torch.zeros(2, 2, 16, 16, 25), v, 5, 1)", "SD106", "2 heads"),
    ("natten2dav(torch.zeros(2, 4, 16, 16, 9), v, 5, 1)", "SD108", "neighbours=25"),
    ("natten2dqkrpb(q, k, torch.zeros(4, 9, 7), 5, 1)", "SD108", "9"),
    ("natten2dqkrpb(q, k, torch.zeros(2, 9, 9), 5, 1)", "SD106", "2"),
    ("natten2dqkrpb(q, k, None, 5, 4)", "SD108", "20 <= 16"),
    ("natten2dqkrpb(q, k[..., :4], None, 5, 1)", "SD108", "head_dim=8"),
    ("natten1dqkrpb(q.flatten(2, 3), k.flatten(2, 3), None, 7, 40)", "SD108", "280 <= 256"),
    ("na2d_av(torch.zeros(2, 4, 16, 16, 9), v, 5)", "SD108", "neighbours=25"),
    ("na2d_qk(q, k, 17)", "SD108", "17 <= 16"),
    ("na2d_qk(q, k, 4)", "SD108", "centre"),
    ("na2d_qk(q, k[..., :4], 5)", "SD108", "head_dim=8"),
    ("na2d_qk(q, k[:, :2], 5)", "SD106", "4 heads"),
    ("na2d_qk(q, k, 5, rpb=torch.zeros(4, 5, 5))", "SD108", "9"),
    ("na2d_qk(q[:, :, :8], k, 5)", "SD108", "height=8"),
    ("na2d_qk(q.flatten(2, 3), k, 5)", "SD111", "4 dimensions"),
]


@pytest.mark.parametrize(("call", "code", "words"), CALLS, ids=[call for call, *_ in CALLS])
def test_what_unfused_kernels_refuse(
    call: str, code: str, words: str, hide: Callable[[str], None], tmp_path: Path
) -> None:
    hide("natten")
    source = f"""
from natten.functional import *


class Net(nn.Module):
    def forward(self, q):
        k = v = q
        return {call}
"""
    finding = only(trace_source(source, "-i 2,4,16,16,8", tmp_path))
    assert (finding.code, finding.span and finding.span.line) == (code, line_of(source, "return"))
    assert words in finding.message


GROUPED = [
    ("na2d(q, k[..., :3, :], k[..., :3, :], 5)", "SD106", "4 heads"),
    ("na2d(q, k[..., :2, :], k, 5)", "SD106", "kv heads"),
    ("na2d(q, k, k, 5, stride=6)", "SD108", "stride"),
    ("na2d(q, k, k, 5, dilation=4)", "SD108", "20 <= 16"),
    ("na2d(q, k[..., :4], k, 5)", "SD108", "head_dim=8"),
    ("na2d(q.transpose(1, 3), k, k, 5)", "SD108", "height=4"),
]


@pytest.mark.parametrize(("call", "code", "words"), GROUPED, ids=[call for call, *_ in GROUPED])
@pytest.mark.parametrize("present", [True, False], ids=["0.21.7", "absent"])
def test_what_fused_kernels_refuse(
    call: str, code: str, words: str, present: bool, hide: Callable[[str], None], tmp_path: Path
) -> None:
    if present:
        need("natten")
    else:
        hide("natten")
    source = f"""
from natten import na2d


class Net(nn.Module):
    def forward(self, q):
        k = q
        return {call}
"""
    finding = only(trace_source(source, "-i 2,16,16,4,8", tmp_path))
    assert finding.code == code
    assert words in finding.message


def test_grouped_queries_are_taken_since_0_21_5(hide: Callable[[str], None], tmp_path: Path) -> None:
    hide("natten")
    source = """
from natten import na1d


class Net(nn.Module):
    def forward(self, q):
        out, lse = na1d(q, q[:, :, :2], q[:, :, :2], 5, return_lse=True)
        return out * lse[..., None]
"""
    report = trace_source(source, "-i 2,16,4,8", tmp_path)
    assert (report.findings, report.stopped) == ((), None)


MODULES = {
    "dim=64, num_heads=4, kernel_size=7": ("0.17.5", ["qkv.weight", "qkv.bias", "proj.weight", "proj.bias"]),
    "dim=64, num_heads=4, kernel_size=7, rel_pos_bias=True": ("0.17.5", ["rpb"]),
    "dim=64, num_heads=4, kernel_size=7, bias=True": ("0.15.1", ["rpb"]),
    "embed_dim=64, num_heads=4, kernel_size=7, stride=2": ("0.21.7", ["qkv.weight"]),
}


@pytest.mark.parametrize("arguments", MODULES)
def test_the_module_of_the_version_that_takes_these_keywords(
    arguments: str, hide: Callable[[str], None], tmp_path: Path
) -> None:
    hide("natten")
    version, parameters = MODULES[arguments]
    source = f"""
from natten import NeighborhoodAttention2D


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.attend = NeighborhoodAttention2D({arguments})
        names = [name for name, _ in self.attend.named_parameters()]
        assert set({parameters}) <= set(names), names

    def forward(self, x):
        return self.attend(x)
"""
    report = trace_source(source, "-i 2,16,16,64", tmp_path)
    assert (report.findings, report.stopped) == ((), None)
    assert {kernel.contract for kernel in report.standins} == {f"natten {version}"}
    assert report.calls[0].outputs[0].dims[-1].size == 64


@pytest.mark.parametrize("present", [True, False], ids=["0.21.7", "absent"])
def test_a_module_refuses_other_channels(present: bool, hide: Callable[[str], None], tmp_path: Path) -> None:
    if present:
        need("natten")
    else:
        hide("natten")
    source = """
from natten import NeighborhoodAttention2D


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.attend = NeighborhoodAttention2D(embed_dim=64, num_heads=4, kernel_size=7)

    def forward(self, x):
        return self.attend(x.permute(0, 3, 1, 2))
"""
    finding = only(trace_source(source, "-i 2,16,16,64", tmp_path))
    assert (finding.code, finding.span and finding.span.line) == ("SD108", line_of(source, "return"))
    assert "64" in finding.message


def test_a_version_that_is_asked_for_comes_before_what_is_installed(tmp_path: Path) -> None:
    need("natten")
    from shapedoc.core.request import Request
    from shapedoc.session import run

    path = tmp_path / "pinned.py"
    path.write_text(
        "import torch, natten\nfrom torch import nn\n\n\nclass Net(nn.Module):\n"
        "    def forward(self, x):\n        assert natten.__version__ == '0.15.1'\n"
        "        return natten.functional.na2d_qk(x, x, 3, 1)\n"
    )
    report: Any = run(
        Request(f"{path}:Net", ("2,4,8,8,8",), kernels=("natten=0.15",), fixes=False), lambda progress: None
    )
    assert (report.findings, report.stopped) == ((), None)
    assert report.standins[0].contract == "natten 0.15.1"


def test_what_0_14_would_compute_from_memory_that_is_not_its_own(
    hide: Callable[[str], None], tmp_path: Path
) -> None:
    hide("natten")
    (tmp_path / "shapedoc.yaml").write_text('kernels: {natten: "0.14"}')
    source = """
import natten
from natten.functional import natten2dav, natten2dqkrpb
assert natten.__version__ == "0.14.6"


class Net(nn.Module):
    def forward(self, q):
        return natten2dav(natten2dqkrpb(q, q, torch.zeros(4, 9, 9), 5, 1), q[:, :2], 5, 1)
"""
    finding = only(trace_source(source, "-i 2,4,16,16,8", tmp_path))
    assert (finding.code, "2" in finding.message) == ("SD106", True)
