"""A shapedoc.yaml for models that were found: those that run as entries, the others as comments.

>>> from shapedoc.core.report import Target
>>> clean, broken = Model("net.py", "Net", (("dim", 64),)), Model("dino.py", "Dino", missing=("net",))
>>> reports = {clean.target: Report(Target("Net"))}
>>> print(draft([clean, broken], reports, {}, left_out(Survey((clean, broken)), reports)), end="")
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
from shapedoc.suggest.discovery import Model, Survey

HEADER = (
    "# What `shapedoc fix-suggest` checks. Arguments and inputs are guesses: put in what you train with.\n"
)
WIDTH = 110


def pinned(target: str, report: Report) -> Request:
    """The request that writes down what was inferred; without inputs where nothing was, or not all of it."""
    inferred = [given for given in report.inputs if given.origin.startswith("inferred")]
    specs = {given.value.name: _spec(given.spec) for given in inferred}
    whole = len(specs) == len(report.inputs) and all(specs.values())
    document = yaml.safe_dump(specs) if whole and specs else ""
    return Request(target, document=document, fixes=False)


Reports = Mapping[str, Report]


def draft(models: Iterable[Model], first: Reports, second: Reports, left: Iterable[str]) -> str:
    """The file; `first` are reports of what was inferred, `second` of what is written down."""
    entries = [
        _entry(model, first[model.target], second.get(model.target))
        for model in models
        if not _problem(model, first)
    ]
    head = f"{HEADER}models:\n" if entries else f"{HEADER}models: []\n"
    comments = [f"# - {line}\n" for line in left]
    return "".join([head, *map(_dumped, entries), *(["# Left out:\n"] if comments else []), *comments])


def left_out(found: Survey, reports: Reports) -> list[str]:
    """What is no entry though it is a model or may be one, and why, a line each."""
    problems = {f"{model.path}:{model.name}": _problem(model, reports) for model in found.models}
    stated = [f"{name} {problem}" for name, problem in problems.items() if problem]
    return list(map(one_line, (*stated, *found.unclear)))


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
    entry: dict[str, Any] = {"target": f"{model.path}:{model.name}", "arguments": dict(model.arguments)}
    if not model.arguments or yaml.safe_load(yaml.safe_dump(entry)) != entry:  # tuples, which YAML has not
        entry = {"target": model.target}
    if written and written.exit_status == report.exit_status:
        entry["inputs"] = yaml.safe_load(pinned(model.target, report).document)
    return entry


def _spec(text: str) -> str:
    """What stands after `NAME=` of an option `-i`.

    >>> _spec("x=b=2 d=8"), _spec("b=2 d=8"), _spec("tokens=2,8:int64[0,9)")
    ('b=2 d=8', 'b=2 d=8', '2,8:int64[0,9)')
    """
    return re.sub(r"^\w+=(?!\d+(?:\s|$|:))", "", text)
