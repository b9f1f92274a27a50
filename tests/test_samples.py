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
from shapedoc.messages import explain

SAMPLES = Path(__file__).parents[1] / "samples"
NAMES = sorted(path.parent.name for path in SAMPLES.glob("*/expect.yaml"))


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(sys.executable) as worker:
        yield worker


def traced(worker: Worker, name: str, file: str, inputs: tuple[str, ...]) -> Report:
    return worker.run(Request(str(SAMPLES / name / file), inputs=inputs, fixes=False))


def expected(name: str) -> dict[str, Any]:
    """`code`, the `line` or lines where it shows, awkward `sizes`, and, where one line is to blame, that `cause` and `fix`."""
    return yaml.safe_load((SAMPLES / name / "expect.yaml").read_text())


def many(value: Any) -> list[Any]:
    """A list as it is, anything else as a list of one."""
    return value if isinstance(value, list) else [value]


CASES = [
    pytest.param(name, tuple(many(sizes)), id="-".join([name, *many(sizes)]))
    for name in NAMES
    for sizes in [[], *expected(name).get("sizes", [])]
]


@pytest.mark.parametrize(("name", "inputs"), CASES)
def test_the_bug_is_found_with_its_cause(name: str, inputs: tuple[str, ...], worker: Worker) -> None:
    expect = expected(name)
    lines = many(expect["line"])
    report = traced(worker, name, "buggy.py", inputs)
    found = sorted((finding.code, finding.span.line) for finding in report.findings if finding.span)
    assert found == [(expect["code"], line) for line in lines], report.stopped
    near = {label.span.line for finding in report.findings for label in finding.labels}
    assert expect.get("cause", lines[0]) in {*lines, *near}


@pytest.mark.parametrize(("name", "inputs"), CASES)
def test_nothing_is_found_once_it_is_fixed(name: str, inputs: tuple[str, ...], worker: Worker) -> None:
    report = traced(worker, name, "fixed.py", inputs)
    assert (report.findings, report.stopped) == ((), None)


@pytest.mark.parametrize("name", [name for name in NAMES if "fix" in expected(name)])
def test_the_fix_is_all_that_differs(name: str) -> None:
    expect = expected(name)
    lines = (SAMPLES / name / "buggy.py").read_text().splitlines()
    lines[expect["cause"] - 1] = expect["fix"]
    assert lines == (SAMPLES / name / "fixed.py").read_text().splitlines()


@pytest.mark.parametrize("name", sorted(path.parent.name for path in SAMPLES.glob("*/error.log")))
def test_the_log_of_the_crash_says_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES / name)  # the log names its files as they are called here
    expect, [found] = expected(name), explain(Path("error.log")).findings
    assert found.code == expect["code"]
    assert found.span and (found.span.path, found.span.line) == ("buggy.py", many(expect["line"])[0])
