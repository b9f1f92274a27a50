"""SARIF 2.1.0, which code scanning services read: https://docs.oasis-open.org/sarif/sarif/v2.1.0.

A result has its rule, its place, the labels beside it, the way from the cause to the crash as a code flow,
and its fixes. Fingerprints are made of the rule, the module and the code, so they outlive a moved line.

>>> import json
>>> from shapedoc.core.report import Target
>>> json.loads(render(Report(Target("net.py:Net")), Page()))["version"]
'2.1.0'
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import quote

from shapedoc.core.report import Edit, Finding, Fix, Label, Report, Safety, Span, Stop
from shapedoc.core.rules import Rule, rules
from shapedoc.core.source import expression_at
from shapedoc.core.text import printable
from shapedoc.formats import Page

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://pypi.org/project/shapedoc/"
STOPPING = ("SD1", "SD4")  # rules of faults that stop a run

Json: TypeAlias = dict[str, Any]


def render(report: Report, page: Page) -> str:
    """A log with the run of one model."""
    return render_all([report], page)


def render_all(reports: Iterable[Report], page: Page) -> str:
    """One log for all models; a rule is described once, if anything broke it."""
    reports = list(reports)
    findings = [finding for report in reports for finding in report.findings]
    codes = sorted({finding.code for finding in findings})
    stops = [report.stopped for report in reports if report.stopped and not report.findings]
    run: Json = {
        "tool": {"driver": {"name": "shapedoc", "informationUri": HOME, "rules": _rules(codes)}},
        "invocations": [
            {
                "executionSuccessful": not stops,
                "toolExecutionNotifications": [_notification(stop, page) for stop in stops],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, codes, page) for finding in findings],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rules(codes: Sequence[str]) -> list[Json]:
    known = {rule.code: rule for rule in rules()} if codes else {}
    return [_rule(known.get(code, Rule(code, "", code))) for code in codes]


def _rule(rule: Rule) -> Json:
    return {
        "id": rule.code,
        **({"name": rule.name} if rule.name else {}),
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.documentation},
        "defaultConfiguration": {"level": _level(rule.code)},
    }


def _level(code: str) -> str:
    return "error" if code.startswith(STOPPING) else "warning"


def _result(finding: Finding, codes: Sequence[str], page: Page) -> Json:
    text = "\n".join([finding.message, *(f"note: {note}" for note in finding.notes)])
    related = [_labelled(label, page) for label in finding.labels]
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": _level(finding.code),
        "message": {"text": printable(text)},
        "locations": [_location(finding.span, finding.module, page)] if finding.span else [],
        "relatedLocations": related,
        "partialFingerprints": {"shapedoc/v1": _fingerprint(finding)},
        **({"codeFlows": [_flow(finding, page)]} if finding.span and finding.labels else {}),
        "fixes": [_fix(fix, page) for fix in finding.fixes if fix.edits and fix.safety is not Safety.MANUAL],
    }


def _fingerprint(finding: Finding) -> str:
    """The same for the same code in the same module, wherever its line has moved."""
    code = expression_at(finding.span) if finding.span else ""
    parts = (finding.code, finding.module, " ".join(code.split()))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _flow(finding: Finding, page: Page) -> Json:
    """From what made the wrong size, which labels tell last, to where it shows."""
    assert finding.span is not None
    way = [*reversed(finding.labels), Label(finding.span, finding.message)]
    return {"threadFlows": [{"locations": [{"location": _labelled(label, page)} for label in way]}]}


def _labelled(label: Label, page: Page) -> Json:
    return {**_location(label.span, "", page), "message": {"text": printable(label.text)}}


def _location(span: Span, module: str, page: Page) -> Json:
    place = {"physicalLocation": {"artifactLocation": _artifact(span.path, page), "region": _region(span)}}
    logical = [{"fullyQualifiedName": module, "kind": "module"}]
    return {**place, "logicalLocations": logical} if module else {**place}


def _artifact(path: str, page: Page) -> Json:
    """Relative to the folder of the page where the file is in it, an absolute URI otherwise."""
    relative = page.path(path)
    return {"uri": Path(path).as_uri() if Path(relative).is_absolute() else quote(Path(relative).as_posix())}


def _region(span: Span) -> Json:
    numbers = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {name: number for name, number in numbers.items() if number}


def _fix(fix: Fix, page: Page) -> Json:
    trust = ", ".join(part for part in (fix.safety.value, fix.proof) if part)
    return {
        "description": {"text": printable(f"{fix.title} ({trust})")},
        "artifactChanges": [
            {"artifactLocation": _artifact(path, page), "replacements": list(map(_replacement, edits))}
            for path, edits in _by_file(fix.edits)
        ],
    }


def _by_file(edits: Sequence[Edit]) -> Iterator[tuple[str, list[Edit]]]:
    for path in dict.fromkeys(edit.span.path for edit in edits):
        yield path, [edit for edit in edits if edit.span.path == path]


def _replacement(edit: Edit) -> Json:
    return {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.replacement}}


def _notification(stop: Stop, page: Page) -> Json:
    return {
        "level": "error",
        "message": {"text": printable(f"incomplete: {stop.message}")},
        "locations": [_location(stop.span, stop.module, page)] if stop.span else [],
    }
