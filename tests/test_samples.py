"""Every sample: what is found in the buggy file, that nothing is in the fixed one, and that its fix is the difference."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shapedoc.client.process import Worker
from shapedoc.core.report import Report
from shapedoc.core.request import Request

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/expect.yaml"))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(sys.executable) as worker:
        yield worker


def traced(worker: Worker, path: Path) -> Report:
    return worker.run(Request(str(path)))


def expected(name: str) -> dict[str, Any]:
    """`code`, `line` where it shows, and, where one line is to blame, that `cause` and the `fix` of it."""
    return yaml.safe_load((SAMPLES / name / "expect.yaml").read_text())


@pytest.mark.parametrize("name", NAMES)
def test_the_bug_is_found_with_its_cause(name: str, worker: Worker) -> None:
    path, expect = SAMPLES / name / "buggy.py", expected(name)
    report = traced(worker, path)
    assert [finding.code for finding in report.findings] == [expect["code"]], report.stopped
    [finding] = report.findings
    assert finding.span and (finding.span.path, finding.span.line) == (str(path), expect["line"])
    assert expect.get("cause", expect["line"]) in {
        expect["line"],
        *(label.span.line for label in finding.labels),
    }


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_found_once_it_is_fixed(name: str, worker: Worker) -> None:
    report = traced(worker, SAMPLES / name / "fixed.py")
    assert (report.findings, report.stopped) == ((), None)


@pytest.mark.parametrize("name", [name for name in NAMES if "fix" in expected(name)])
def test_the_fix_is_all_that_differs(name: str) -> None:
    expect = expected(name)
    lines = (SAMPLES / name / "buggy.py").read_text().splitlines()
    lines[expect["cause"] - 1] = expect["fix"]
    assert lines == (SAMPLES / name / "fixed.py").read_text().splitlines()
