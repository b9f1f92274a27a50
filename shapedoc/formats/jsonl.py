"""The whole report as one line of JSON, as programs read it that watch many models.

>>> from shapedoc.core.report import Target
>>> render(Report(Target("net.py:Net")), Page())[:42]
'{"version": 1, "target": {"name": "net.py:'
"""

from __future__ import annotations

import json

from shapedoc.core.report import Report
from shapedoc.core.serial import to_json
from shapedoc.formats import Page


def render(report: Report, page: Page) -> str:
    """The fields of `--format json`."""
    return json.dumps({"version": report.version, **to_json(report)}) + "\n"
