"""`shapedoc init`: find the models of a repository and write them down, with inputs that fit."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

from typer import Option

from shapedoc.cli._output import write
from shapedoc.cli._waiting import progress_bar
from shapedoc.client.interpreter import choose_interpreter
from shapedoc.config.files import YAML, config_in
from shapedoc.core.errors import UserError
from shapedoc.core.processors import processors
from shapedoc.core.report import Report
from shapedoc.core.request import Request
from shapedoc.core.text import one_line

HOOK = """\
To check every commit, in .pre-commit-config.yaml:

repos:
  - repo: local
    hooks:
      - id: shapedoc-fix-suggest
        name: shapedoc fix-suggest
        entry: shapedoc fix-suggest
        language: system
        types_or: [python, yaml, toml, json]
        require_serial: true
"""
MOST, WIDTH, FEW = 10, 100, 3  # lines of what is left out, characters of each, and parts that are named


def command(
    jobs: Annotated[int | None, Option(min=1, metavar="N", help="Models that run at once.")] = None,
    python: Annotated[
        str, Option(metavar="EXE", help="The interpreter or environment to run models in.")
    ] = "",
    debug: Annotated[bool, Option("--debug", help="Show tracebacks.")] = False,
) -> int:
    """Write a shapedoc.yaml for this folder."""
    from shapedoc.suggest.discovery import survey
    from shapedoc.suggest.drafting import draft, left_out, pinned

    folder = Path.cwd()
    present = config_in(folder)
    if present:
        raise UserError(f"{present.name} is there already: delete it first if it is to be written anew")
    found = survey(folder)
    if not found.models:
        hint = "".join(f"; {line}" for line in found.unclear[:1])
        raise UserError(f"no model found below {folder}; write `models: [path.py:Name]` into {YAML}{hint}")
    ready = [model for model in found.models if not model.missing]
    first = _reports([Request(model.target, fixes=False) for model in ready], python, jobs)
    ran = [target for target, report in first.items() if report.exit_status < 2]
    guesses = [pinned(target, first[target]) for target in ran]
    second = _reports([request for request in guesses if request.document], python, jobs)
    left = left_out(found, first)
    write(draft(found.models, first, second, left), folder / YAML)
    clean = sum(report.exit_status == 0 for report in first.values())
    entries = len(found.models) + len(found.unclear) - len(left)
    print(f"{YAML}: {entries} of {len(found.models)} models, {clean} of them run clean", file=sys.stderr)
    for line in _told(left, found.parts):
        print(line, file=sys.stderr)
    write(HOOK, None)
    return 0


def _told(left: Sequence[str], parts: Sequence[str]) -> Iterator[str]:
    """What is not checked, or only inside of something else, in so many lines at most."""
    yield from (
        f"left out: {line if len(line) <= WIDTH else line[: WIDTH - 1] + '…'}" for line in left[:MOST]
    )
    if len(left) > MOST:
        yield f"left out: {len(left) - MOST} more, which {YAML} lists"
    if parts:
        rest = f" and {len(parts) - FEW} more" if len(parts) > FEW else ""
        yield f"not checked by themselves: {one_line(', '.join(parts[:FEW]))}{rest}; {YAML} may name them"


def _reports(requests: Iterable[Request], python: str, jobs: int | None) -> dict[str, Report]:
    """A report for each target."""
    folder = Path.cwd()
    by_python: dict[str, list[Request]] = defaultdict(list)
    for request in requests:
        by_python[choose_interpreter(request.target, python)].append(request)
    return {request.target: report for request, report in _run(by_python, folder, jobs or processors())}


def _run(by_python: dict[str, list[Request]], folder: Path, jobs: int) -> Iterator[tuple[Request, Report]]:
    from shapedoc.suggest.pool import run_all

    with progress_bar(sum(map(len, by_python.values()))) as advance:
        for python, requests in by_python.items():
            for ended in run_all(requests, python, folder, jobs):
                advance()
                yield ended
