"""Findings that are accepted, such as a layout that a trained checkpoint depends on.

An accepted finding is known by its rule, the module it is in and the source text it points at: lines above
it may come and go.

>>> finding = Finding("SD201", "torn", module="blocks.0")
>>> report = Report(Target("net.py:Net"), findings=(finding,))
>>> accepted = Baseline(accepted_in([report]))
>>> accepted.without(report).findings, list(accepted.gone([replace(report, findings=())]))
((), [Accepted(code='SD201', module='blocks.0', text='', model='net.py:Net')])
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from shapedoc.core.errors import UserError
from shapedoc.core.report import Finding, Reason, Report, Target
from shapedoc.core.source import expression_at

VERSION = 1


@dataclass(frozen=True, order=True)
class Accepted:
    """One finding that is no news, in a model under its name without arguments."""

    code: str
    module: str
    text: str
    model: str

    def __str__(self) -> str:
        return f"{self.code} in {self.module or 'the module'} of {self.model}: {self.text}"

    @classmethod
    def of(cls, finding: Finding, target: Target) -> Accepted:
        code = expression_at(finding.span) if finding.span else ""
        return cls(finding.code, finding.module, " ".join(code.split()), _name(target))


@dataclass(frozen=True)
class Baseline:
    """What was accepted; an entry that is there twice accepts two findings."""

    accepted: tuple[Accepted, ...] = ()

    def without(self, report: Report) -> Report:
        """A report with only what is new."""
        left = Counter(self.accepted)
        new = []
        for finding in report.findings:
            accepted = Accepted.of(finding, report.target)
            if left[accepted] > 0:
                left[accepted] -= 1
            else:
                new.append(finding)
        # A fault that is accepted ends no run that was to go further.
        known_end = not new and report.findings and report.stopped and report.stopped.reason is Reason.FAULT
        return replace(report, findings=tuple(new), stopped=None if known_end else report.stopped)

    def renewed(self, reports: Sequence[Report]) -> Baseline:
        """The baseline that accepts these reports, and what it did of models that did not run."""
        ran = {_name(report.target) for report in reports}
        others = [accepted for accepted in self.accepted if accepted.model not in ran]
        return Baseline(tuple(sorted([*others, *accepted_in(reports)])))

    def gone(self, reports: Sequence[Report]) -> Iterator[Accepted]:
        """What these models no longer have, of those that ran to their end."""
        early = {_name(report.target) for report in reports if report.stopped}
        ran = {_name(report.target) for report in reports} - early
        expected = Counter(accepted for accepted in self.accepted if accepted.model in ran)
        return (expected - Counter(accepted_in(reports))).elements()


def accepted_in(reports: Iterable[Report]) -> tuple[Accepted, ...]:
    """All findings of some reports; what a class has at several arguments counts once."""
    found: Counter[Accepted] = Counter()
    for report in reports:
        found |= Counter(Accepted.of(finding, report.target) for finding in report.findings)
    return tuple(sorted(found.elements()))


def _name(target: Target) -> str:
    return target.name.partition("(")[0]


def read_baseline(path: Path) -> Baseline:
    """The baseline of a project; one that is not there accepts nothing."""
    if not path.exists():
        return Baseline()
    names = {field.name for field in fields(Accepted)}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["accepted"]
        return Baseline(tuple(Accepted(**{name: str(entry[name]) for name in names}) for entry in entries))
    except (OSError, ValueError, KeyError, TypeError) as error:
        words = f"{type(error).__name__}: {error}"
        raise UserError(f"{path} is no baseline ({words}); --write-baseline writes it anew") from None


def as_text(baseline: Baseline) -> str:
    """What stands in the file."""
    accepted = [asdict(each) for each in baseline.accepted]
    return json.dumps({"version": VERSION, "accepted": accepted}, indent=2) + "\n"
