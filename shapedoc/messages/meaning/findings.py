"""Causes as findings, the data that every output format shows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shapedoc.core.report import Finding, Fix, Label, Report, Span, Target
from shapedoc.messages.meaning.causes import Cause
from shapedoc.messages.meaning.entry import shown, target
from shapedoc.messages.meaning.explanation import Explanation
from shapedoc.messages.meaning.source import Folder, Site
from shapedoc.messages.reading.text import printable

# What shows more than shapes do, by code.
OPTIONS = {"SD401": " --backward", "SD302": " --toggle auto"}
LOADING = r"loading state_dict for (\w{1,120})"


def report(name: str, explanation: Explanation, folder: Folder) -> Report:
    """What a log comes down to, as a report on it."""
    findings = tuple(finding(cause, folder) for cause in explanation.causes)
    return Report(Target(name, kind="log"), findings=findings, notes=explanation.notes)


def finding(cause: Cause, folder: Folder) -> Finding:
    """One cause, with the user's source where that may be read."""
    site = folder.site(cause.frame) if cause.frame else None
    span = _span(cause, site)
    fixes, labels = _fixes(cause, site, span), tuple(_labels(cause, site, span))
    return Finding(
        cause.code,
        cause.message,
        span,
        (*labels, *_made_elsewhere(fixes, labels)),
        tuple(note for note in (*cause.notes, *_story(cause), _untold(cause, folder)) if note),
        fixes,
        module=str(cause.fields.get("module", "")),
    )


def _span(cause: Cause, site: Site | None) -> Span | None:
    if cause.frame is None:
        return None
    if site is None:
        return Span(printable(cause.frame.path), cause.frame.line)
    statement = site.text.splitlines()[site.line - 1]
    start = len(statement) - len(statement.lstrip()) + 1
    return Span(shown(site.path), site.line, start, site.line, len(statement.rstrip()) + 1)


def _fixes(cause: Cause, site: Site | None, span: Span | None) -> tuple[Fix, ...]:
    if not site or not span:
        return tuple(map(Fix, cause.fixes))
    from shapedoc.messages.meaning.edits import advice, edits  # of no use where no source can be read

    return (*edits(cause, site, span.path), *map(Fix, advice(cause, site)))


def _labels(cause: Cause, site: Site | None, span: Span | None) -> Iterator[Label]:
    if span and site:
        from shapedoc.messages.meaning.labels import marked

        pairs = marked(cause, site)
        yield from (Label(site.span(node, span.path), words) for node, words in pairs)
        if not any(node.lineno == span.line for node, _ in pairs):
            yield Label(span, "raised here")
    elif span and cause.frame and cause.frame.code:
        yield Label(span, printable(cause.frame.code))


def _made_elsewhere(fixes: tuple[Fix, ...], labels: tuple[Label, ...]) -> Iterator[Label]:
    """The places of the source that an edit suggests are the cause, and of which nothing is said yet."""
    shown = {label.span.line for label in labels}
    for fix in fixes:
        yield from (Label(edit.span, fix.title) for edit in fix.edits if edit.span.line not in shown)


def _story(cause: Cause) -> Iterator[str]:
    ranks = f" on rank{'s' * (len(cause.ranks) != 1)} {', '.join(cause.ranks[:16])}" if cause.ranks else ""
    times = "once" if cause.count == 1 else f"{cause.count} times"
    yield f"said {times}{ranks}, first on line {cause.first.number} of the log"


def _untold(cause: Cause, folder: Folder) -> str:
    """What the text leaves out, and the command that shows it."""
    if loading := re.search(LOADING, cause.first.header):
        return f"to compare all names and shapes: shapedoc trace FILE.py:{loading[1]} --weights CHECKPOINT"
    command = f"shapedoc trace{OPTIONS.get(cause.code, '')} {target(cause, folder)}"
    untold = cause.fault.missing(cause.fields)
    return (
        f"the text leaves out {untold}; to see that: {command}"
        if untold
        else f"to see where the axes come from: {command}"
    )
