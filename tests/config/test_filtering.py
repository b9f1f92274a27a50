"""The rules that a project has chosen hold for a trace by hand too, unless the command line selects others."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from shapedoc.core.report import Report
from shapedoc.core.request import Request
from shapedoc.session import run

NUMBERS = itertools.count()
NET = """
import torch
from torch import nn
class Net(nn.Module):
    def forward(self, x):
        b, c, t, h, w = x.shape
        return x.reshape(b * t, c, h * w)
"""


def traced(folder: Path, config: str, **options: tuple[str, ...]) -> Report:
    (folder / "nets").mkdir()
    path = folder / "nets" / f"chosen{next(NUMBERS)}.py"
    path.write_text(NET)
    (folder / "shapedoc.yaml").write_text(config.format(name=path.name))
    request = Request(f"{path}:Net", inputs=("b=2 c=6 t=5 h=4 w=4",), fixes=False, **options)  # type: ignore[arg-type]
    return run(request, lambda progress: None)


CONFIGS = [
    "ignore: [SD201]",
    "select: [SD1]",
    "per-path-ignores: {{'nets/*': [SD2]}}",
    "models: [{{target: 'nets/{name}:Net', ignore: [SD2]}}]",
]


@pytest.mark.parametrize("config", CONFIGS)
def test_what_the_project_leaves_out_is_left_out_and_counted(config: str, tmp_path: Path) -> None:
    report = traced(tmp_path, config)
    assert (report.findings, report.exit_status) == ((), 0)
    [note] = report.notes
    assert "shapedoc.yaml" in note and "1 finding:" in note


@pytest.mark.parametrize("config", CONFIGS)
def test_a_rule_that_the_command_line_selects_is_shown(config: str, tmp_path: Path) -> None:
    report = traced(tmp_path, config, select=("SD201",))
    assert [finding.code for finding in report.findings] == ["SD201"]
    assert report.notes == ()


def test_what_the_command_line_leaves_out_is_not_counted(tmp_path: Path) -> None:
    report = traced(tmp_path, "ignore: [SD203]", ignore=("SD201",))
    assert (report.findings, report.notes) == ((), ())


@pytest.mark.parametrize(
    "config", ["ignore: [SD203]", "models: [{{target: 'nets/other.py:Net', ignore: [SD2]}}]", "{{}}"]
)
def test_other_rules_and_other_models_stay_as_they_are(config: str, tmp_path: Path) -> None:
    report = traced(tmp_path, config)
    assert [finding.code for finding in report.findings] == ["SD201"]
    assert report.notes == ()
