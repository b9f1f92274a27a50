"""SARIF keeps to the official schema, and says where from, where to, and how to mend it.

`data/sarif-2.1.0.schema.json` is the schema of the OASIS standard as SchemaStore has it
(sarif-2.1.0-rtm.5), copied unchanged from the npm package @microsoft/jest-sarif 1.0.0-beta.0 (MIT).
"""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from shapedoc.core.report import Edit, Finding, Fix, Label, Report, Safety, Span, Target
from shapedoc.formats import Page, renderer_of_all
from shapedoc.formats.sarif import render, render_all

from .reports import CRASH, FOLDER, REPORTS

SCHEMA = json.loads(Path(__file__).with_name("data").joinpath("sarif-2.1.0.schema.json").read_text())
VALIDATOR = jsonschema.Draft4Validator(SCHEMA)


@pytest.fixture(autouse=True)
def beside_the_model(monkeypatch):
    monkeypatch.chdir(FOLDER)


def crossed(path):
    """A report with a finding that goes through another file, whose path is not plain."""
    span, cause = Span(path, 3, 5, 3, 9), Span("other é.py", 1)
    fix = Fix("", (Edit(span, "x\x1b", "abcd"), Edit(cause, "", "")), Safety.SAFE)
    finding = Finding(
        "SD999", "no such rule \x1b[31m", span, (Label(cause, "made here"),), fixes=(fix,), module="a.0"
    )
    return Report(Target("net.py:Net"), findings=(finding, Finding("SD101", "no place")))


@pytest.mark.parametrize("report", [*REPORTS.values(), crossed("a b%.py"), crossed("/abs/a b.py")])
def test_every_log_keeps_to_the_official_schema(report):
    VALIDATOR.validate(json.loads(render(report, Page(folder="/abs/other"))))


def test_the_schema_refuses_what_is_no_log():
    log = json.loads(render(CRASH, Page()))
    log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["deletedRegion"] = 7
    assert not VALIDATOR.is_valid(log)


def test_models_share_a_log_and_rules():
    run = json.loads(render_all(REPORTS.values(), Page()))["runs"][0]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["SD106"]
    assert [result["ruleIndex"] for result in run["results"]] == [0]
    assert run["invocations"][0]["executionSuccessful"] is False  # one was killed
    assert "SIGSEGV" in run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"]


def test_the_code_flow_goes_from_the_cause_to_the_crash():
    [result] = json.loads(render(CRASH, Page()))["runs"][0]["results"]
    [flow] = result["codeFlows"][0]["threadFlows"]
    lines = [at["location"]["physicalLocation"]["region"]["startLine"] for at in flow["locations"]]
    [finding] = CRASH.findings
    assert lines[0] == finding.labels[-1].span.line and lines[-1] == finding.span.line


def test_a_fix_is_its_edits():
    [result] = json.loads(render(CRASH, Page()))["runs"][0]["results"]
    [change] = result["fixes"][0]["artifactChanges"]
    assert [part["insertedContent"]["text"] for part in change["replacements"]] == ["self.num_heads"]


def test_an_edit_that_is_advice_is_not_offered():
    [finding] = CRASH.findings
    advice = replace(finding, fixes=tuple(replace(fix, safety=Safety.MANUAL) for fix in finding.fixes))
    [result] = json.loads(render(replace(CRASH, findings=(advice,)), Page()))["runs"][0]["results"]
    assert result["fixes"] == []


def fingerprints(report):
    results = json.loads(render(report, Page()))["runs"][0]["results"]
    return [result["partialFingerprints"] for result in results]


def test_a_fingerprint_outlives_a_moved_line_and_not_other_code(tmp_path):
    path = tmp_path / "net.py"
    path.write_text("x = a + b\n")
    before = Report(
        Target("n"), findings=(Finding("SD102", "3 and 4", Span(str(path), 1, 5, 1, 10), module="m"),)
    )
    first = fingerprints(before)
    path.write_text("\n\n" + "x = a + b\n")
    moved = replace(before.findings[0], span=Span(str(path), 3, 5, 3, 10), message="5 and 6")
    assert fingerprints(replace(before, findings=(moved,))) == first
    path.write_text("\n\n" + "x = a + bb\n")
    changed = replace(moved, span=Span(str(path), 3, 5, 3, 11))
    assert fingerprints(replace(before, findings=(changed,))) != first


def test_formats_that_need_no_common_form_have_none():
    assert renderer_of_all("sarif") is render_all and renderer_of_all("concise") is None
