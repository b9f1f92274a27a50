"""`shapedoc init`: find the models of a repository and write them down, with inputs that fit."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
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


def command(
    jobs: Annotated[int | None, Option(min=1, metavar="N", help="Models that run at once.")] = None,
    python: Annotated[
        str, Option(metavar="EXE", help="The interpreter or environment to run models in.")
    ] = "",
    debug: Annotated[bool, Option("--debug", help="Show tracebacks.")] = False,
) -> int:
    """Write a shapedoc.yaml for this folder."""
    from shapedoc.suggest.discovery import find_models
    from shapedoc.suggest.drafting import draft, pinned

    folder = Path.cwd()
    present = config_in(folder)
    if present:
        raise UserError(f"{present.name} is there already: delete it first if it is to be written anew")
    models = find_models(folder)
    if not models:
        raise UserError(f"no model found below {folder}; write `models: [path.py:Name]` into {YAML}")
    ready = [model for model in models if not model.missing]
    first = _reports([Request(model.target) for model in ready], python, jobs)
    ran = [target for target, report in first.items() if report.exit_status < 2]
    guesses = [pinned(target, first[target]) for target in ran]
    second = _reports([request for request in guesses if request.document], python, jobs)
    write(draft(models, first, second), folder / YAML)
    clean = sum(report.exit_status == 0 for report in first.values())
    print(f"{YAML}: {clean} of {len(models)} models run clean", file=sys.stderr)
    write(HOOK, None)
    return 0


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
