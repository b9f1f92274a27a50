"""Many models in one worker: the one that breaks it hides none of the others."""

import sys
from pathlib import Path

import pytest

from shapedoc.core.report import Reason
from shapedoc.core.request import Request
from shapedoc.suggest.pool import run_all

ROOT = str(Path(__file__).parents[2])


@pytest.fixture(autouse=True)
def runners_on_the_path(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", ROOT)


def requests(*runners):
    return [
        Request(f"net{index}.py:Net", runner=f"tests.worker.runners:{runner}", timeout=20.0, memory=256 << 20)
        for index, runner in enumerate(runners)
    ]


@pytest.mark.parametrize("jobs", [1, 3])
def test_one_that_kills_the_worker_hides_no_other(tmp_path, jobs):
    asked = requests("clean", "kills_the_server", "clean", "segfaults", "clean", "clean")
    found = {request.target: report for request, report in run_all(asked, sys.executable, tmp_path, jobs)}
    assert len(found) == len(asked)
    assert [found[request.target].exit_status for request in asked] == [0, 2, 0, 2, 0, 0]


def test_an_interpreter_without_torch_is_told_for_each(tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n')
    python.chmod(0o755)
    found = [report for _, report in run_all(requests("clean", "clean"), str(python), tmp_path, 2)]
    assert [report.stopped.reason for report in found] == [Reason.TARGET, Reason.TARGET]


def test_an_interpreter_that_is_none_ends_every_run(tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 3\n")
    python.chmod(0o755)
    found = [report for _, report in run_all(requests("clean", "clean", "clean"), str(python), tmp_path, 2)]
    assert [report.exit_status for report in found] == [2, 2, 2]
