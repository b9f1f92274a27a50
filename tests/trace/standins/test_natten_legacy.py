"""The founding bug with NATTEN 0.17.5 installed; `make natten-legacy` runs this, see tests/kernels/README.md."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest
import torch

from shapedoc.core.report import Report
from shapedoc.core.request import Request
from shapedoc.session import run
from tests.kernels.legacy import cured

SAMPLE = Path(__file__).parents[3] / "samples" / "natten_head_count" / "buggy.py"
VERSION = "0.17.5"


def installed_version() -> str:
    try:
        return importlib.metadata.version("natten")
    except importlib.metadata.PackageNotFoundError:
        return ""


pytestmark = pytest.mark.skipif(installed_version() != VERSION, reason=f"needs NATTEN {VERSION}")


def founding_bug() -> Report:
    return run(Request(f"{SAMPLE}:Decoder"), lambda progress: None)


def check(report: Report) -> None:
    [finding] = report.findings
    assert finding.code == "SD106"
    lines = SAMPLE.read_text().splitlines()
    assert any("self.num_heads // 2" in lines[label.span.line - 1] for label in finding.labels)
    assert report.standins[0].contract == f"natten {VERSION}"


def test_it_is_found_where_natten_cannot_be_imported() -> None:
    if torch.cuda.is_available():
        pytest.skip("on a GPU it can")
    report = founding_bug()
    check(report)
    assert any("cannot be imported here" in note for note in report.notes)


def test_it_is_found_where_natten_can_be_imported() -> None:
    with cured():
        report = founding_bug()
    check(report)
    assert not any("cannot be imported here" in note for note in report.notes)
