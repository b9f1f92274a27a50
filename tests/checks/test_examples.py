"""Every rule's documentation holds: its bad example gives exactly its code, its good one gives nothing."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

from shapedoc.checks import all_checks
from shapedoc.core.report import Report
from shapedoc.session import CRASHES
from tests.tools import trace_source

EXAMPLE = re.compile(r"^(Bad|Good), for `([^`]*)`:\n\n((?:    .*\n|\n)+)", re.MULTILINE)

SILENT = ("SD201", "SD202", "SD203", "SD204", "SD205", "SD206", "SD207", "SD208", "SD303")
EXAMPLES = [
    pytest.param(check, verdict, options, textwrap.dedent(code), id=f"{check.CODE}-{verdict.lower()}-{index}")
    for check in all_checks()
    for index, (verdict, options, code) in enumerate(EXAMPLE.findall((check.__doc__ or "") + "\n"))
]


@pytest.mark.parametrize(("check", "verdict", "options", "code"), EXAMPLES)
def test_example(check: ModuleType, verdict: str, options: str, code: str, tmp_path: Path) -> None:
    report: Report = trace_source(code, options, tmp_path)
    found = [finding.code for finding in report.findings]
    assert found == ([check.CODE] if verdict == "Bad" else []), report.stopped
    runs_on = "--" in options  # what an option asks for is looked at beside the run
    assert (report.stopped is not None) == bool(found and check.CODE.startswith(CRASHES) and not runs_on)


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.CODE)
def test_every_rule_has_both_examples(check: ModuleType) -> None:
    verdicts = [verdict for verdict, _, _ in EXAMPLE.findall((check.__doc__ or "") + "\n")]
    assert {"Bad", "Good"} <= set(verdicts)


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.CODE)
def test_a_rule_is_named_as_its_file_and_first_line_say(check: ModuleType) -> None:
    name = check.__name__.rpartition(".")[2]
    assert name == f"{check.CODE.lower()}_{check.NAME.replace('-', '_')}"
    assert (check.__doc__ or "").startswith(f"{check.CODE} {check.NAME}: ")


SHOWN = [case for case in EXAMPLES if case.values[1] == "Bad" and case.values[0].CODE in SILENT]


@pytest.mark.parametrize(("check", "verdict", "options", "code"), SHOWN)
def test_a_silent_fault_is_told_and_shown_on_a_few_values(
    check: ModuleType, verdict: str, options: str, code: str, tmp_path: Path
) -> None:
    [finding] = trace_source(code, options, tmp_path).findings
    told, shown, *_ = finding.notes
    assert len(told.split()) > 5
    assert shown.count(",") >= 1 and re.search(r"\b0\b.*\b1\b", shown)
