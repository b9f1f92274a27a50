"""`shapedoc fix-suggest`: check the models that a change touches, and show what mends them."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from shapedoc.cli._checked import Audience
from shapedoc.cli._output import FormatName, OutputPath, page_for, write
from shapedoc.cli._project import find_project
from shapedoc.cli._waiting import progress_bar
from shapedoc.config.filtering import without_ignored
from shapedoc.core.processors import processors
from shapedoc.core.report import Report, Safety
from shapedoc.core.text import counted, one_line
from shapedoc.suggest.baseline import Baseline, as_text, read_baseline
from shapedoc.suggest.cache import Cache, default_folder
from shapedoc.suggest.checking import Check, shard

ROUNDS = 10  # a fault that is mended may uncover the next one


@dataclass
class Session:
    """A check of a project, what of its findings is accepted, and who is told."""

    check: Check
    baseline: Baseline
    audience: Audience
    seen: list[Report] = field(default_factory=list)  # of the last run, with what is accepted

    def news(self, files: list[str]) -> Iterator[Report]:
        """What is not accepted, as it is found; a bar on a terminal says how far it is."""
        self.seen = []
        config = self.check.config
        candidates = self.check.touched([Path(file) for file in files] or None)
        missing = sum(candidate.answer is None for candidate in candidates)
        with progress_bar(0 if self.audience.streams else missing) as advance:
            for candidate, report in self.check.run(candidates):
                if candidate.answer is None:
                    advance()
                self.seen.append(without_ignored(report, config.per_path_ignores, config.folder))
                yield self.baseline.without(self.seen[-1])


def command(
    files: Annotated[
        list[str],
        Argument(metavar="[FILES]…", help="What changed; every model is checked where none is given."),
    ] = [],
    config: Annotated[
        Path | None, Option("--config", metavar="FILE", help="Another file than the nearest shapedoc.yaml.")
    ] = None,
    discover: Annotated[
        bool, Option("--discover", help="Check the models that are found where nothing is configured.")
    ] = False,
    apply: Annotated[bool, Option("--apply", help="Write the safe fixes into the files.")] = False,
    unsafe_fixes: Annotated[
        bool, Option("--unsafe-fixes", help="Those too that change a model's numbers.")
    ] = False,
    write_baseline: Annotated[bool, Option("--write-baseline", help="Accept what is found today.")] = False,
    jobs: Annotated[int | None, Option(min=1, metavar="N", help="Models that run at once.")] = None,
    part: Annotated[str, Option("--shard", metavar="I/N", help="Check one of N shares of the models.")] = "",
    cache: Annotated[bool, Option("--cache/--no-cache", help="Answer for unchanged models at once.")] = True,
    format: FormatName = "diff",
    output: OutputPath = None,
    python: Annotated[
        str, Option(metavar="EXE", help="The interpreter or environment to run models in.")
    ] = "",
    debug: Annotated[bool, Option("--debug", help="Show tracebacks.")] = False,
) -> int:
    """Check what a change touches and show fixes."""
    project = find_project(config, discover)
    project = replace(project, models=shard(project.models, part) if part else project.models)
    store = Cache(default_folder() if cache else None)
    trusted = frozenset({Safety.SAFE, *([Safety.UNSAFE] if unsafe_fixes else [])})
    audience = Audience(format, replace(page_for(output, None), trusted=trusted), output, debug)
    baseline = read_baseline(project.baseline)
    session = Session(Check(project, jobs or processors(), store, python), baseline, audience)
    if write_baseline:
        return _accept(session, files)
    reports = audience.show(_mended(session, files) if apply else session.news(files))
    for accepted in baseline.gone(session.seen):
        print(one_line(f"no longer found, and still in {project.baseline.name}: {accepted}"), file=sys.stderr)
    return exit_status(reports)


def exit_status(reports: Sequence[Report]) -> int:
    """1 if anything was found, else 2 if a model did not run to its end, else 0."""
    return min((report.exit_status for report in reports if report.exit_status), default=0)


def _mended(session: Session, files: list[str]) -> Iterator[Report]:
    """Write what is trusted and run what it touches again, until nothing more can be written."""
    from shapedoc.suggest.applying import apply_fixes

    reports = list(session.news(files))
    for _ in range(ROUNDS):
        applied = apply_fixes(reports, session.audience.page.trusted, session.check.config.folder)
        for each in applied:
            done = each.problem or f"{counted(each.count, 'edit')} written"
            print(one_line(f"{each.path}: {done}"), file=sys.stderr)
        if all(each.problem for each in applied):
            break
        reports = list(session.news(files))
    _tell_of_unsafe(reports, session.audience.page.trusted)
    return iter(reports)


def _tell_of_unsafe(reports: Sequence[Report], trusted: Container[Safety]) -> None:
    """Say what was left out because it changes what a model computes."""
    fixes = {fix for report in reports for finding in report.findings for fix in finding.fixes[:1]}
    left = [fix for fix in fixes if fix.safety is Safety.UNSAFE]
    if left and Safety.UNSAFE not in trusted:
        said = "1 fix that changes" if len(left) == 1 else f"{len(left)} fixes that change"
        print(f"not written: {said} a model's numbers; --unsafe-fixes does", file=sys.stderr)


def _accept(session: Session, files: list[str]) -> int:
    """Write the baseline anew; what could not run to its end has not been seen."""
    path = session.check.config.baseline
    unseen = [report.target.name for report in session.news(files) if report.exit_status == 2]
    renewed = session.baseline.renewed(session.seen)
    write(as_text(renewed), path)
    print(f"{counted(len(renewed.accepted), 'finding')} accepted in {path.name}", file=sys.stderr)
    for name in unseen:
        print(one_line(f"{name} did not run to its end"), file=sys.stderr)
    return 2 if unseen else 0
