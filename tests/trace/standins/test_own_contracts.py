"""Kernels of the user's own, described in shapedoc.yaml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shapedoc.core.report import Reason, Report
from shapedoc.core.request import Request
from shapedoc.session import run
from tests.tools import line_of, trace_source

CONTRACT = """
contracts:
  - op: my_ops.window_attn
    parameters: q, k, v, window
    signature: "q[b heads tokens d], k[b heads tokens d], v[b heads tokens d] -> [b heads tokens d]"
    where: {"tokens % (window * window) == 0": tokens fill whole windows}
"""
NET = """
from my_ops import window_attn


class Net(nn.Module):
    def forward(self, x):
        q = k = v = x
        return window_attn(CALL)
"""
CASES = {
    "q, k, v, window=4": (None, ""),
    "q, k[:, :2], v, window=4": ("SD106", "2"),
    "q, k, v, window=5": ("SD110", "tokens fill whole windows"),
    "q, k[:, :, :8], v, 4": ("SD108", "tokens=16"),
    "q[0], k, v, 4": ("SD111", "3 dimensions"),
}


def traced(source: str, options: str, folder: Path, config: str = CONTRACT) -> Report:
    (folder / "shapedoc.yaml").write_text(config)
    return trace_source(source, options, folder)


@pytest.mark.parametrize("call", CASES)
@pytest.mark.parametrize("present", [True, False], ids=["installed", "absent"])
def test_five_lines_of_yaml_check_a_kernel(
    call: str, present: bool, installed: Callable[..., None], tmp_path: Path
) -> None:
    if present:
        installed("my_ops", __init__="def window_attn(q, k, v, window):\n    raise RuntimeError('no GPU')\n")
    source = NET.replace("CALL", call)
    report = traced(source, "-i 2,4,16,8", tmp_path)
    code, words = CASES[call]
    assert [finding.code for finding in report.findings] == [code] * (code is not None), report.stopped
    for finding in report.findings:
        assert finding.span and finding.span.line == line_of(source, "return")
        assert words in finding.message
    assert [(kernel.name, kernel.contract) for kernel in report.standins] == [("window_attn", "my_ops")]
    assert report.steps[-1].inputs[0].dims[1 if code != "SD111" else 0].name == "heads" * (code != "SD111")


def test_an_operator_of_torch_ops(tmp_path: Path) -> None:
    source = """
class Net(nn.Module):
    def forward(self, x):
        return torch.ops.nobodys_ops.window_attn(x, x, x[:, :2], 4)
"""
    config = CONTRACT.replace("my_ops.", "torch.ops.nobodys_ops.")
    [finding] = traced(source, "-i 2,4,16,8", tmp_path, config).findings
    assert finding.code == "SD106"


@pytest.mark.parametrize(
    ("line", "wrong", "place"),
    [
        ('signature: "q[b heads tokens d], k', 'signature: "q[b heads tokens d, k', "5:"),
        ("op: my_ops", "opp: my_ops", "3:"),
        ("% (window", "% open(window", "6:"),
        ("contracts:", "contracts: 3 #", "3:"),
    ],
)
def test_a_bad_contract_is_told_with_its_place(line: str, wrong: str, place: str, tmp_path: Path) -> None:
    report = traced(NET.replace("CALL", "q, k, v, 4"), "-i 2,4,16,8", tmp_path, CONTRACT.replace(line, wrong))
    assert report.stopped and report.stopped.reason is Reason.TARGET
    assert str(tmp_path / "shapedoc.yaml") in report.stopped.message
    assert place in report.stopped.message


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("kernels: {nattn: '0.17'}", "natten"),
        ("kernels: {natten: 0.20}", "quotes"),
        ("kernels: natten", "by library"),
        ("- natten", "keys"),
    ],
)
def test_bad_versions_are_told(config: str, words: str, tmp_path: Path) -> None:
    report = traced("class Net(nn.Module): ...", "", tmp_path, config)
    assert report.stopped and report.stopped.reason is Reason.TARGET
    assert words in report.stopped.message


def test_a_version_in_the_configuration(hide: Callable[[str], None], tmp_path: Path) -> None:
    hide("natten")
    source = """
import natten
assert natten.__version__ == "0.17.5"


class Net(nn.Module):
    def forward(self, x):
        return natten.functional.na1d_qk(x, x, 3)
"""
    report = traced(source, "-i 2,4,16,8", tmp_path, 'kernels: {natten: "0.17"}')
    assert (report.findings, report.stopped) == ((), None)


def test_a_kernel_without_a_contract_stops_the_trace_and_prints_one(tmp_path: Path) -> None:
    source = """
import window_process_cuda


class Net(nn.Module):
    def forward(self, x):
        x = x + 1
        return window_process_cuda.roll(x, 3)
"""
    report = trace_source(source, "-i 2,4,16,8", tmp_path)
    assert report.exit_status == 2
    assert report.stopped and report.stopped.span and report.stopped.span.line == line_of(source, "roll(")
    assert "op: window_process_cuda.roll" in report.stopped.message
    assert [step.op for step in report.steps] == ["add"]


def test_what_is_missing_and_not_needed_is_noted(tmp_path: Path) -> None:
    source = """
try:
    import kernels_of_nobody
except ImportError:
    kernels_of_nobody = None


class Net(nn.Module):
    def forward(self, x):
        return kernels_of_nobody.roll(x) if kernels_of_nobody else x.roll(1)
"""
    report = trace_source(source, "-i 2,4", tmp_path)
    assert (report.findings, report.stopped) == ((), None)
    [note] = [note for note in report.notes if "kernels_of_nobody" in note]
    assert f":{line_of(source, 'import kernels_of_nobody')}" in note


def test_numbers_are_zeros_where_the_model_runs_with_them(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        "import torch\nfrom torch import nn\nfrom flash_attn import flash_attn_func\n\n\nclass Net(nn.Module):\n"
        "    def forward(self, x):\n        return x[: 1 + int(flash_attn_func(x, x, x).sum())]\n"
    )
    report = run(Request(f"{path}:Net", ("2,16,4,8",), fixes=False), lambda progress: None)
    assert (report.engine, report.findings, report.stopped) == ("real", (), None)
