"""The JSON report, its schema and the dataclasses say the same."""

import json
from pathlib import Path

import jsonschema
import pytest

import shapedoc
from shapedoc.core.report import Report
from shapedoc.core.serial import from_json
from shapedoc.formats import Page
from shapedoc.formats.json import render

from .reports import FOLDER, REPORTS
from .schema import schema_of

SCHEMA = Path(shapedoc.__file__).parent / "formats" / "report.schema.json"


@pytest.fixture(autouse=True)
def beside_the_model(monkeypatch):
    monkeypatch.chdir(FOLDER)


def test_the_schema_is_that_of_the_dataclasses(golden):
    golden(SCHEMA, json.dumps(schema_of(Report), indent=2) + "\n")


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_keeps_to_the_schema_and_comes_back(name):
    data = json.loads(render(REPORTS[name], Page()))
    jsonschema.validate(data, json.loads(SCHEMA.read_text()))
    assert from_json(Report, data) == REPORTS[name]
    assert next(iter(data)) == "version"


@pytest.mark.parametrize("broken", [{"target": "x"}, {"findings": [{}]}, {"stopped": {"reason": "bored"}}])
def test_the_schema_refuses_what_is_no_report(broken):
    data = json.loads(render(REPORTS["crash"], Page())) | broken
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, json.loads(SCHEMA.read_text()))
