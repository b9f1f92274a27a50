"""How many bugs are mended: `python -m tests.bench.mutants.mending [PACKAGE] [--kind K]… [--limit N] [--seed S]`.

Of the mutants that are found: how many get a fix, how many times the first fix, or one of the first three,
gives the numbers of the unmutated model from the same weights, how many leave the model failing, and how
long finding and proving take. Misses are written to a file with the first fix there was.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from torch import nn

import shapedoc
from shapedoc.core.edits import rewritten
from shapedoc.core.report import Edit, Fix, Report, Safety, Target
from shapedoc.core.request import Engine
from shapedoc.mending import with_fixes
from shapedoc.session import conclude
from shapedoc.trace.attempts import Case, planned
from shapedoc.trace.execution import Run
from shapedoc.trace.probing import probes

from ..baseline import warm_up
from ..models import Entry
from . import Bench, Mutant, bench_of
from .__main__ import PACKAGES, options_of
from ._numbers import Sizes, inputs_of, same_shapes, same_values
from ._scores import SORTS
from ._sizes import shrink

SHOWN = 3


@dataclass(frozen=True)
class Mended:
    """Of each fix that was shown: "right", "other numbers", or how the model fails. `seconds` are for the fixes."""

    mutant: Mutant
    verdicts: tuple[str, ...]
    seconds: float
    first: str

    @property
    def right(self) -> int:
        """Which fix is right, from 1; 0 where none is."""
        return self.verdicts.index("right") + 1 if "right" in self.verdicts else 0


def main() -> int:
    options = options_of("python -m tests.bench.mutants.mending")
    warm_up()
    shapedoc.trace(nn.Linear(2, 2), torch.ones(1, 2))
    found: list[Mended] = []
    for package in [options.package] if options.package else PACKAGES:
        with bench_of(package, options.folder) as bench:
            for mutant in bench.kept(tuple(options.kind), options.limit, options.seed):
                if mutant.effect in SORTS and options.effect in ("", mutant.effect):
                    found += _mended(bench, mutant)
    Console(width=110).print(_table(found))
    (options.folder / "unmended.txt").write_text("\n".join(_line(one) for one in found if one.right != 1))
    if options.json:
        options.json.write_text(json.dumps([asdict(one) for one in found], indent=1))
    return 0


def _mended(bench: Bench, mutant: Mutant) -> Iterator[Mended]:
    """The verdict on a mutant that is found; nothing on one that is not."""
    sizes = bench.reference(mutant).sizes
    with bench.broken(mutant) as copy:
        outcome = copy.run(lambda them: _traced(them[mutant.entry], sizes), sizes.small, 180.0)
    if outcome.error:
        yield Mended(mutant, (), 0.0, outcome.error)
        return
    report, seconds = outcome.value
    right = [finding for finding in report.findings if finding.code.startswith(SORTS[mutant.effect])]
    if right:
        fixes = [fix for finding in right for fix in finding.fixes if fix.safety is not Safety.MANUAL]
        kept = list(dict.fromkeys(fixes))[:SHOWN]
        verdicts = tuple(_verdict(bench, mutant, fix) for fix in kept)
        one = Mended(mutant, verdicts, seconds, kept[0].title if kept else "no fix")
        if one.right != 1:
            print(_line(one), flush=True)
        yield one


def _traced(entry: Entry, sizes: Sizes) -> tuple[Report, float]:
    args, kwargs = inputs_of(entry, sizes)
    started = time.perf_counter()
    finished = Case(entry.build, planned(args, kwargs)).attempt(Engine.AUTO)
    name = type(finished.model).__name__
    report = conclude(Target(name, name), finished, started, probes(finished))

    engine = Engine.REAL if finished.world.name == "real" else Engine.AUTO

    def attempt() -> Run:
        plan = finished.plan
        planner = planned(args, kwargs) if plan is None else lambda model: plan
        return Case(_again(entry, sizes).build, planner).attempt(engine)

    found = time.perf_counter()
    mended = with_fixes(report, finished, attempt, lambda code: True)
    return mended, time.perf_counter() - found


def _again(entry: Entry, sizes: Sizes) -> Entry:
    """The entry as its package is now; what was not edited is still imported."""
    if sizes.small:
        shrink(entry.package)
    module = importlib.import_module(f"tests.bench.models.{entry.package}")
    return next(found for found in module.ENTRIES if found.name == entry.name)


def _verdict(bench: Bench, mutant: Mutant, fix: Fix) -> str:
    """What the model gives with a fix."""
    by_file: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_file.setdefault(str(Path(edit.span.path).relative_to(bench.copy.folder)), []).append(edit)
    with ExitStack() as stack:
        stack.enter_context(bench.broken(mutant))
        for file, edits in by_file.items():
            text = rewritten(bench.copy.text(file).encode(), edits).decode()
            stack.enter_context(bench.copy.broken(file, text))
        outcome = bench.numbers(mutant)
    if outcome.error:
        return outcome.error
    reference = bench.reference(mutant).numbers
    same = same_shapes(reference, outcome.value) and same_values(reference, outcome.value)
    return "right" if same else "other numbers"


def _line(one: Mended) -> str:
    return f"{one.mutant.effect:6} {one.mutant.name} [{one.mutant.entry}]: {', '.join(one.verdicts)}: {one.first}"


def _table(found: Sequence[Mended]) -> Table:
    columns = (
        "effect",
        "kind",
        "found",
        "first right",
        "in three",
        "no fix",
        "failing",
        "median s",
        "95 % s",
    )
    table = Table(*columns)
    for effect in ("silent", "crash"):
        chosen = [one for one in found if one.mutant.effect == effect]
        for kind in (*sorted({one.mutant.kind for one in chosen}), ""):
            _row(table, effect, kind or "all", [one for one in chosen if kind in ("", one.mutant.kind)])
    _row(table, "both", "all", found)
    return table


def _row(table: Table, effect: str, kind: str, found: Sequence[Mended]) -> None:
    if found:
        count = len(found)
        shares = [sum(one.right == 1 for one in found), sum(one.right > 0 for one in found)]
        failing = sum(any(v not in ("right", "other numbers") for v in one.verdicts) for one in found)
        seconds = sorted(one.seconds for one in found)
        times = [f"{seconds[int(share * (count - 1))]:.1f}" for share in (0.5, 0.95)]
        none = sum(not one.verdicts for one in found)
        written = [f"{share} {share / count:6.1%}" for share in shares]
        table.add_row(effect, kind, str(count), *written, str(none), str(failing), *times)


if __name__ == "__main__":
    sys.exit(main())
