"""The first fix of every sample is that of its `fixed.py`, or gives the same numbers with the same weights."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
import yaml
from torch import nn

from shapedoc.client.process import Worker
from shapedoc.core.edits import rewritten
from shapedoc.core.report import Report
from shapedoc.core.request import Request

SAMPLES = Path(__file__).parents[2] / "samples"
COMPUTED = ("na2d",)  # kernels that the test has something else for
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/expect.yaml"))


def is_mended_by_hand(name: str) -> bool:
    """Whether the fix is more than an edit of lines: another component, or a choice of the author's."""
    return bool(yaml.safe_load((SAMPLES / name / "expect.yaml").read_text()).get("manual"))


def heads_last(query: Any, key: Any, value: Any, kernel_size: int) -> Any:
    """Attention to all tokens, for a kernel that takes [batch, tokens…, heads, head_dim]."""
    flat = [x.flatten(1, -3).transpose(1, 2) for x in (query, key, value)]
    return F.scaled_dot_product_attention(*flat).transpose(1, 2).reshape(query.shape)


@pytest.fixture
def kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    """What computes, in the layout of kernels that are not here."""
    monkeypatch.setattr("natten.functional.na2d", heads_last)


@pytest.mark.parametrize("name", [name for name in NAMES if not is_mended_by_hand(name)])
def test_the_first_fix_is_the_right_one(name: str, worker: Worker, tmp_path: Path, kernels: None) -> None:
    buggy, fixed = SAMPLES / name / "buggy.py", SAMPLES / name / "fixed.py"
    report = worker.run(Request(str(buggy)))
    firsts = dict.fromkeys(finding.fixes[0] for finding in report.findings if finding.fixes)
    edits = dict.fromkeys(edit for fix in firsts for edit in fix.edits)
    mended = tmp_path / "mended.py"
    mended.write_bytes(rewritten(buggy.read_bytes(), edits))
    assert edits
    if mended.read_text() != fixed.read_text():
        assert behaviour(worker, mended) == behaviour(worker, fixed)


def behaviour(worker: Worker, path: Path) -> Any:
    """What a model computes with seeded weights; where its kernels are not here, the calls it makes."""
    traced = worker.run(Request(str(path), fixes=False))
    assert (traced.findings, traced.stopped) == ((), None)
    runs = all(standin.name in COMPUTED for standin in traced.standins)
    return numbers(path, traced.target.kind) if runs else calls(traced)


def calls(report: Report) -> list[Any]:
    return [(step.op, shapes(step.inputs), shapes(step.outputs)) for step in report.steps]


def shapes(values: Any) -> list[list[int]]:
    return [[dim.size for dim in value.dims] for value in values]


def numbers(path: Path, kind: str) -> list[list[float]]:
    spec = importlib.util.spec_from_file_location(f"sample_{path.parent.name}_{path.stem}", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    torch.manual_seed(0)
    model: nn.Module = getattr(module, kind)().eval()
    torch.manual_seed(1)
    inputs = module.example_inputs()
    with torch.no_grad():
        output = model(*inputs) if isinstance(inputs, tuple) else model(inputs)
    tensors = output if isinstance(output, tuple) else (output,)
    return [tensor.flatten().tolist() for tensor in tensors]
