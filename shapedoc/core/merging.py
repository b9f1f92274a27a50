"""One finding for each line of the source, however many modules run it.

>>> from shapedoc.core.report import Span
>>> span = Span("net.py", 7, 9)
>>> found = [Finding("SD201", "torn", span, module=f"blocks.{n}") for n in range(6)]
>>> merged(found)[0].notes
('the same in 5 more modules: blocks.1, blocks.2, blocks.3 …',)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from shapedoc.core.report import Finding

MOST_NAMES = 3


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of every rule at every place, with the other modules in which it is one."""
    alike: dict[object, list[Finding]] = {}
    for finding in findings:
        place = finding.span or finding.step or finding.message
        alike.setdefault((finding.code, place), []).append(finding)
    return tuple(_merged(*group) for group in alike.values())


def _merged(first: Finding, *others: Finding) -> Finding:
    modules = dict.fromkeys(other.module for other in others if other.module != first.module)
    return replace(first, notes=(*first.notes, *_elsewhere(list(modules))))


def _elsewhere(modules: list[str]) -> Iterator[str]:
    if modules:
        names = ", ".join(modules[:MOST_NAMES]) + (" …" if len(modules) > MOST_NAMES else "")
        yield f"the same in {len(modules)} more module{'s' * (len(modules) > 1)}: {names}"
