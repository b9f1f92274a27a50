"""The whole report as JSON, field for field as in `shapedoc.core.report`; `report.schema.json` describes it.

>>> from shapedoc.core.report import Target
>>> print(render(Report(Target("net.py:Net")), Page())[:41])
{
  "version": 1,
  "target": {
    "name
"""

from __future__ import annotations

import json

from shapedoc.core.report import Report
from shapedoc.core.serial import to_json
from shapedoc.formats import Page


def render(report: Report, page: Page) -> str:
    """Version first, then the fields in their order. Escapes keep it plain ASCII, whatever a model holds."""
    data = {"version": report.version, **to_json(report)}
    return json.dumps(data, indent=2) + "\n"
