"""What is told of the edits that were tried: while they are, and where none of them held."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
import torch

import shapedoc.mending
from shapedoc.core.ending import TimeUp
from shapedoc.core.progress import Phase, Progress, Watch
from shapedoc.core.report import Report
from shapedoc.core.request import Request
from shapedoc.session import run

NUMBERS = itertools.count()
HOPELESS = """
from torch import nn

class Net(nn.Module):
    def __init__(self, dim=64):
        super().__init__()
        self.a = nn.Linear(dim, dim)

    def forward(self, x):
        y = self.a(x)
        return y.reshape(y.shape[0], 7, -1) + self.a(y)
"""
MENDABLE = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 16), nn.Linear(32, 8))

    def forward(self, x):
        return self.layers(x)
"""


def mended(code: str, folder: Path, watch: Watch = lambda progress: None) -> Report:
    path = folder / f"net{next(NUMBERS)}.py"  # one process imports a module name once
    path.write_text(code)
    return run(Request(f"{path}:Net", inputs=("2,10,64",)), watch)


def test_edits_that_do_not_hold_are_counted(tmp_path: Path) -> None:
    [finding] = mended(HOPELESS, tmp_path).findings
    assert finding.search and finding.search.tried > 1 and finding.search.untried == 0
    assert str(finding.search) in finding.notes


def test_edits_for_which_time_ran_out_are_counted_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shapedoc.mending, "EACH", 0.0)
    [finding] = mended(HOPELESS, tmp_path).findings
    assert finding.search and finding.search.untried > 1


def test_a_fix_that_holds_needs_no_count(tmp_path: Path) -> None:
    [finding] = mended(MENDABLE, tmp_path).findings
    assert finding.fixes[0].edits
    assert finding.search is None


def test_a_watcher_sees_how_many_edits_are_done(tmp_path: Path) -> None:
    seen: list[Progress] = []
    mended(HOPELESS, tmp_path, seen.append)
    counts = [(progress.done, progress.total) for progress in seen if progress.phase is Phase.FIX]
    total = counts[0][1]
    assert total > 1 and counts == [(done, total) for done in range(total + 1)]


def test_findings_are_kept_where_the_time_of_the_run_is_over_among_the_fixes(tmp_path: Path) -> None:
    def late(progress: Progress) -> None:
        if progress.phase is Phase.FIX:
            raise TimeUp(5)

    report = mended(HOPELESS, tmp_path, late)
    assert [finding.code for finding in report.findings] == ["SD103"]
    assert any("5 s" in note for note in report.notes)


def test_advice_of_a_rule_stays_where_no_edit_is_proven(tmp_path: Path) -> None:
    path, weights = tmp_path / f"net{next(NUMBERS)}.py", tmp_path / "weights.pt"
    path.write_text(GIVEN_WEIGHTS)
    torch.save({"a.weight": torch.zeros(16, 64), "a.bias": torch.zeros(16)}, weights)
    [finding] = run(Request(f"{path}:Net(dim=8)", weights=str(weights)), lambda progress: None).findings
    assert finding.code == "SD112"
    assert any("dim=16" in fix.title for fix in finding.fixes)


GIVEN_WEIGHTS = """
from torch import nn

class Net(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.a = nn.Linear(64, dim)

    def forward(self, x):
        return self.a(x)
"""
