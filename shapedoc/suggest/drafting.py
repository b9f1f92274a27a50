"""A shapedoc.yaml for models that were found: those that run as entries, the others as comments.

>>> from shapedoc.core.report import Target
>>> clean, broken = Model("net.py", "Net", (("dim", 64),)), Model("dino.py", "Dino", missing=("net",))
>>> print(draft([clean, broken], {clean.target: Report(Target("Net"))}, {}), end="")
# What `shapedoc fix-suggest` checks. Arguments and inputs are guesses: put in what you train with.
models:
- target: net.py:Net
  arguments: {dim: 64}
# Left out:
# - dino.py:Dino needs net
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from shapedoc.core.report import Report
from shapedoc.core.request import Request
from shapedoc.core.text import one_line
from shapedoc.suggest.discovery import Model

HEADER = (
    "# What `shapedoc fix-suggest` checks. Arguments and inputs are guesses: put in what you train with.\n"
)
WIDTH = 110


def pinned(target: str, report: Report) -> Request:
    """The request that writes down what was inferred; without inputs where nothing was, or not all of it."""
    inferred = [given for given in report.inputs if given.origin.startswith("inferred")]
    specs = {given.value.name: _spec(given.spec) for given in inferred}
    whole = len(specs) == len(report.inputs) and all(specs.values())
    return Request(target, document=yaml.safe_dump(specs) if whole and specs else "")


def draft(models: Iterable[Model], first: Mapping[str, Report], second: Mapping[str, Report]) -> str:
    """The file; `first` are reports of what was inferred, `second` of what is written down."""
    entries, left = [], []
    for model in models:
        problem = _problem(model, first)
        if problem:
            left.append(f"# - {one_line(f'{model.path}:{model.name} {problem}')}\n")
        else:
            entries.append(_entry(model, first[model.target], second.get(model.target)))
    head = f"{HEADER}models:\n" if entries else f"{HEADER}models: []\n"
    return "".join([head, *map(_dumped, entries), *(["# Left out:\n"] if left else []), *left])


def _dumped(entry: dict[str, Any]) -> str:
    """Arguments and inputs stand on one line each."""
    style = None if len(entry) > 1 else False
    return yaml.safe_dump([entry], sort_keys=False, width=WIDTH, default_flow_style=style)


def _problem(model: Model, reports: Mapping[str, Report]) -> str:
    """Why a model is no entry; a finding is one only where the arguments may have made it."""
    if model.missing:
        return f"needs {', '.join(model.missing)}"
    report = reports[model.target]
    if report.findings and model.arguments:
        return f"with guessed arguments: {report.findings[0].code} {report.findings[0].message}"
    return report.stopped.message if report.stopped and not report.findings else ""


def _entry(model: Model, report: Report, written: Report | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"target": f"{model.path}:{model.name}"}
    if model.arguments:
        entry["arguments"] = dict(model.arguments)
    if written and written.exit_status == report.exit_status:
        entry["inputs"] = yaml.safe_load(pinned(model.target, report).document)
    return entry


def _spec(text: str) -> str:
    """What stands after `NAME=` of an option `-i`.

    >>> _spec("x=b=2 d=8"), _spec("b=2 d=8"), _spec("tokens=2,8:int64[0,9)")
    ('b=2 d=8', 'b=2 d=8', '2,8:int64[0,9)')
    """
    return re.sub(r"^\w+=(?!\d+(?:\s|$|:))", "", text)
