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
from shapedoc.core.text import counted

CRASH, LAYOUT, ATTENTION = "SD1", "SD2", "SD3"
MOST_NAMES = 3


def merged(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The first finding of every rule at every place, with the other modules in which it is one."""
    alike: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        alike.setdefault(_place(finding), []).append(finding)
    return _with_causes(tuple(_merged(*group) for group in alike.values()))


def _with_causes(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """A silent fault on a line that led to a crash is the cause of it: one finding, not two.

    So is one of the attention that crashed: what it is held against follows from the heads there.

    >>> from shapedoc.core.report import Label, Span
    >>> made, call = Span("net.py", 3), Span("net.py", 9)
    >>> crash = Finding("SD101", "64 features, not 32", call, labels=(Label(made, "made here"),))
    >>> [(one.code, one.notes) for one in _with_causes((crash, Finding("SD202", "h was dimension 1", made)))]
    [('SD101', ('h was dimension 1 (SD202, line 3)',))]
    """
    crashes = [finding for finding in findings if finding.code.startswith(CRASH)]
    silent = [finding for finding in findings if finding.code.startswith((LAYOUT, ATTENTION))]
    led = {crash: [cause for cause in silent if _led_to(cause, crash)] for crash in crashes}
    told = {cause for causes in led.values() for cause in causes}
    return tuple(_told(one, led.get(one, [])) for one in findings if one not in told)


def _led_to(cause: Finding, crash: Finding) -> bool:
    lines = {(span.path, span.line) for span in (crash.span, *(label.span for label in crash.labels)) if span}
    is_there = cause.span is not None and (cause.span.path, cause.span.line) in lines
    return is_there or (cause.code.startswith(ATTENTION) and cause.module == crash.module)


def _told(crash: Finding, causes: list[Finding]) -> Finding:
    words = (f"{one.message} ({one.code}, line {one.span.line})" for one in causes if one.span)
    return replace(crash, notes=(*words, *crash.notes))


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
        yield f"the same in {counted(len(modules), 'more module')}: {names}"
