"""How many bugs are found: `python -m tests.bench.mutants [PACKAGE] [--kind K]… [--json F] [--limit N] [--seed S]`.

A table of the kinds of mutations, for the silent ones and for those that crash: how many there are, how many are
found, and how many with a label on the changed line. Misses are written to a file, each with its reason.
Mutants in which nothing is wrong, such as another arrangement of weights yet to be learned, have figures apart.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from torch import nn

import shapedoc

from ..baseline import warm_up
from . import ANOTHER, LEARNABLE, TABLE, TURNED, Bench, bench_of
from ._scores import Score, scored
from .kinds import kinds

EFFECTS = ("silent", "crash", LEARNABLE, TABLE, TURNED, ANOTHER)
PACKAGES = ("x_transformers", "vit_pytorch")


def main() -> int:
    options = options_of("python -m tests.bench.mutants")
    warm_up()
    shapedoc.trace(nn.Linear(2, 2), torch.ones(1, 2))
    scores = []
    for package in [options.package] if options.package else PACKAGES:
        with bench_of(package, options.folder) as bench:
            scores += _scores(bench, options)
    Console(width=110).print(_table(scores))
    missed = [score for score in scores if not score.labelled]
    (options.folder / "misses.txt").write_text("\n".join(map(_line, missed)) + "\n")
    if options.json:
        options.json.write_text(json.dumps([asdict(score) for score in scores], indent=1))
    return 0


def options_of(prog: str) -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog=prog)
    add = parser.add_argument
    add("package", nargs="?", default="", choices=("", *PACKAGES), help="both by default")
    add("--kind", action="append", default=[], choices=tuple(kinds()), help="of mutation; all by default")
    add("--effect", default="", choices=("", *EFFECTS), help="both by default")
    add("--limit", type=int, default=0, help="that many candidates of a package, chosen at random")
    add("--seed", type=int, default=0, help="of the choice")
    add("--json", type=Path, help="write every score here")
    add(
        "--folder",
        type=Path,
        default=Path(tempfile.gettempdir()) / "shapedoc-mutants",
        help="for what is kept",
    )
    return parser.parse_args()


def _scores(bench: Bench, options: argparse.Namespace) -> Iterator[Score]:
    for mutant in bench.kept(tuple(options.kind), options.limit, options.seed):
        if options.effect in ("", mutant.effect):
            score = scored(bench, mutant)
            if not score.labelled:
                print(_line(score), flush=True)
            yield score


def _line(score: Score) -> str:
    verdict = "not labelled" if score.found else "MISSED"
    return f"{verdict:12} {score.mutant.effect:6} {score.mutant.name} [{score.mutant.entry}]: {score.said}"


def _table(scores: Sequence[Score]) -> Table:
    table = Table("effect", "kind", "mutants", "found", "labelled", "median s")
    for effect in EFFECTS:
        chosen = [score for score in scores if score.mutant.effect == effect]
        for kind in (*sorted({score.mutant.kind for score in chosen}), ""):
            _row(table, effect, kind or "all", [s for s in chosen if kind in ("", s.mutant.kind)])
    return table


def _row(table: Table, effect: str, kind: str, scores: Sequence[Score]) -> None:
    if scores:
        found, labelled = sum(bool(score.found) for score in scores), sum(score.labelled for score in scores)
        shares = [f"{count} {count / len(scores):6.1%}" for count in (found, labelled)]
        seconds = sorted(score.seconds for score in scores)[len(scores) // 2]
        table.add_row(effect, kind, str(len(scores)), *shares, f"{seconds:.2f}")


if __name__ == "__main__":
    sys.exit(main())
