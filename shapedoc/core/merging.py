"""One finding for each line of the source, however many modules run it, and at however many sizes.

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
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_place(finding), []).append(finding)
    return tuple(_merged(*group) for group in alike.values())


def with_probe(known: tuple[Finding, ...], probed: tuple[Finding, ...], sizes: str) -> tuple[Finding, ...]:
    """What a run at other sizes adds to what is known, and what it explains.

    Where sizes that coincide hide a torn reshape, what follows from it is found in its place.

    >>> known = (Finding("SD203", "the batch is summed over", step=7),)
    >>> [found.code for found in with_probe(known, (Finding("SD201", "torn", step=3),), "b=7")]
    ['SD201']
    """
    seen, there = {_place(found) for found in known}, {_place(found) for found in probed}
    torn = [found.step for found in probed if found.code == "SD201" and found.step is not None]
    kept = (found for found in known if _place(found) in there or not _follows(found, torn))
    return (*kept, *(replace(found, probe=sizes) for found in probed if _place(found) not in seen))


def _follows(finding: Finding, torn: list[int]) -> bool:
    return finding.step is not None and any(step < finding.step for step in torn)


def _place(finding: Finding) -> tuple[object, ...]:
    return finding.code, finding.span or finding.step or finding.message


def _merged(first: Finding, *others: Finding) -> Finding:
    modules = dict.fromkeys(other.module for other in others if other.module != first.module)
    return replace(first, notes=(*first.notes, *_elsewhere(list(modules))))


def _elsewhere(modules: list[str]) -> Iterator[str]:
    if modules:
        names = ", ".join(modules[:MOST_NAMES]) + (" …" if len(modules) > MOST_NAMES else "")
        yield f"the same in {len(modules)} more module{'s' * (len(modules) > 1)}: {names}"
