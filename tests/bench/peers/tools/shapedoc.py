"""The tool itself: one pass on shapes where time is measured, all that `shapedoc trace` does where it is to find."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from torch import nn

from shapedoc.core.report import Finding, Fix
from shapedoc.core.request import Request
from shapedoc.fixes._patched import edited_files
from shapedoc.session import run as run_request
from shapedoc.session import trace
from shapedoc.trace.recorder import unwatched

from ...models import Inputs
from .. import Mended, Peer, Said


def run(model: nn.Module | Callable[[], nn.Module], inputs: Inputs) -> str:
    args, kwargs = inputs
    report = trace(model, *args, probe=False, **kwargs)
    if report.stopped:
        raise RuntimeError(report.stopped.message)
    return "\n".join(finding.message for finding in report.findings)


def says(path: Path) -> Said:
    report = run_request(Request(str(path)), unwatched)
    fixes = [fix for finding in report.findings for fix in finding.fixes if fix.edits]
    words = "\n".join(line for finding in report.findings for line in _lines(finding))
    return Said(words, tuple(_mended(fix, path) for fix in fixes))


def _lines(finding: Finding) -> Iterator[str]:
    yield f"{finding.span}: {finding.code} {finding.message}"
    yield from (f"{label.span}: {label.text}" for label in finding.labels)


def _mended(fix: Fix, path: Path) -> Mended:
    files = {Path(name).resolve(): content for name, content in edited_files(fix.edits).items()}
    return Mended(files.get(path.resolve(), b"").decode(), bool(fix.proof))


PEER = Peer("shapedoc", run, builds=run, says=says)
