"""Every sample: what is found in the buggy file, that nothing is in the fixed one, and that its fix is the difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Case:
    """A sample, with the inputs to give it and the model in its file to take; as it comes where they are empty."""

    name: str
    inputs: tuple[str, ...] = ()
    model: str = ""

    def traced(self, worker: Worker, file: str) -> Report:
        target = ":".join(filter(None, (str(SAMPLES / self.name / file), self.model)))
        return worker.run(Request(target, inputs=self.inputs, fixes=False))

    def __str__(self) -> str:
        return "-".join(filter(None, (self.name, *self.inputs, self.model)))


def expected(name: str) -> dict[str, Any]:
    """What a sample's expect.yaml says.

    `code`, the `line` or lines where it shows, awkward `sizes` of inputs and `models` to find it at as well, and,
    where one line is to blame, that `cause` and the `fix` of it.
    """
    return yaml.safe_load((SAMPLES / name / "expect.yaml").read_text())


def many(value: Any) -> list[Any]:
    """A list as it is, anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def cases(name: str) -> Iterator[Case]:
    expect = expected(name)
    yield Case(name)
    yield from (Case(name, tuple(many(sizes))) for sizes in expect.get("sizes", []))
    yield from (Case(name, model=model) for model in expect.get("models", []))


CASES = [case for name in NAMES for case in cases(name)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_bug_is_found_with_its_cause(case: Case, worker: Worker) -> None:
    expect, report = expected(case.name), case.traced(worker, "buggy.py")
    lines = many(expect["line"])
    found = sorted((finding.code, finding.span.line) for finding in report.findings if finding.span)
    assert found == [(expect["code"], line) for line in lines], report.stopped
    near = {label.span.line for finding in report.findings for label in finding.labels}
    assert expect.get("cause", lines[0]) in {*lines, *near}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_is_found_once_it_is_fixed(case: Case, worker: Worker) -> None:
    report = case.traced(worker, "fixed.py")
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
