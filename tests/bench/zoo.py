"""The tool on every entry of the zoo: `python -m tests.bench.zoo [PACKAGE] [NAME…] [--no-probe] [--limit N] [--seed S]`.

A line for each model as it comes: the verdict, how much was looked at, and what the traced pass cost beside
one bare pass on meta in the same process. The exit status is 1 when a model has a finding that is not a known
fault of its package, or a known fault was missed.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.text import Text
from torch import nn

import shapedoc

from .baseline import warm_up
from .models import Entry, absent, entries
from .tracing import Row, measured_entry

LINE = "{:<36} {:<18} {:>6} {:>6} {:>5} {:>7} {:>7} {:>6} {:>6} {:>6} {:>7}  {}"
HEADINGS = "model|verdict|steps|shapes|attn|bare ms|pass ms|ratio|bareMB|passMB|whole s|why".split("|")
WRONG = ("finding", "known fault missed")


def main() -> int:
    options = _options()
    found = sample(entries(options.package, options.names), options.limit, options.seed)
    warm_up()
    shapedoc.trace(nn.Linear(2, 2), torch.ones(1, 2))  # what the tool imports late, the forks have then
    rows = table(found, options.probe)
    if options.json:
        options.json.write_text(json.dumps(document(rows, options.package), indent=1))
    return int(any(row.verdict in WRONG for row in rows))


def sample(found: Sequence[Entry], limit: int, seed: int) -> list[Entry]:
    """So many entries of each package, chosen at random, in their order; all of them where `limit` is 0."""
    packages = groupby(found, key=lambda entry: entry.package)
    return [entry for _, those in packages for entry in _some(list(those), limit, seed)]


def _some(those: list[Entry], limit: int, seed: int) -> list[Entry]:
    if not 0 < limit < len(those):
        return those
    places = random.Random(seed).sample(range(len(those)), limit)
    return [those[place] for place in sorted(places)]


def table(found: Sequence[Entry], probe: bool) -> list[Row]:
    """Trace the entries one after the other, and print a line for each as it comes, figures at the end."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(LINE.format(*HEADINGS)))
    rows = []
    for entry in found:
        rows.append(measured_entry(entry, probe))
        console.print(Text(_line(rows[-1])))
    console.print(Text("\n".join(f"{name}: {value}" for name, value in summarise(rows).items())))
    return rows


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.zoo")
    add = parser.add_argument
    add("package", nargs="?", default="", help="a module of tests.bench.models; all by default")
    add("names", nargs="*", help="entries of it; all by default")
    add("--no-probe", dest="probe", action="store_false", help="run at the given sizes only")
    add("--limit", type=int, default=0, help="that many entries of a package, chosen at random")
    add("--seed", type=int, default=0, help="of the choice")
    add("--json", type=Path, help="write the rows and the figures here, too")
    return parser.parse_args()


def summarise(rows: Sequence[Row]) -> dict[str, Any]:
    """The figures of the whole table. What is not installed does not count."""
    run = [row for row in rows if row.verdict != "missing package"]
    sound = [row for row in run if not row.verdict.startswith("known fault")]
    done = [row for row in sound if row.verdict == "traced"]
    return {
        "models": len(run),
        "verdicts": dict(Counter(row.verdict for row in rows)),
        "traced to the end": f"{len(done)} of {len(sound)}, {len(done) / max(1, len(sound)):.1%}",
        "engines": dict(Counter(row.engine for row in run)),
        "steps, reshapes, attention calls": [
            sum(row.steps for row in run),
            sum(row.reshapes for row in run),
            sum(row.attention_calls for row in run),
        ],
        "traced pass to bare pass": _median([row.ratio for row in run]),
        "traced building to bare building": _median([_ratio(row.built, row.built_bare) for row in run]),
        "whole trace to building and a bare pass": _median([row.whole_ratio for row in run]),
        "axes and checks to the traced pass": _median([_ratio(row.followed, row.traced) for row in run]),
        "axes, checks, report and probing to the traced pass": _median([_rest(row) for row in run]),
    }


def _median(ratios: Sequence[float]) -> str:
    known = sorted(ratio for ratio in ratios if ratio)
    if not known:
        return "nothing to compare"
    tenth = known[len(known) * 9 // 10]
    return f"median {statistics.median(known):.2f}, nine of ten below {tenth:.2f}, of {len(known)}"


def _ratio(one: Any, other: Any) -> float:
    return one.seconds / other.seconds if one.seconds and other.seconds else 0.0


def _rest(row: Row) -> float:
    """What is neither building nor the pass, where the trace was one pass on shapes."""
    once = row.engine == "shape" and row.traced.seconds
    return (row.whole.seconds - row.built.seconds - row.traced.seconds) / row.traced.seconds if once else 0.0


def _line(row: Row) -> str:
    return LINE.format(
        row.name,
        row.verdict,
        row.steps,
        row.reshapes,
        row.attention_calls,
        f"{row.bare.seconds * 1000:.0f}",
        f"{row.traced.seconds * 1000:.0f}",
        f"{row.ratio:.2f}" if row.ratio else "-",
        f"{row.bare.megabytes:.0f}",
        f"{row.traced.megabytes:.0f}",
        f"{row.whole.seconds:.2f}",
        " | ".join((*((row.why,) if row.why else ()), *row.findings)),
    ).rstrip()


def document(rows: Sequence[Row], package: str) -> dict[str, Any]:
    """All of it, for a file."""
    return {
        "torch": torch.__version__,
        "summary": summarise(rows),
        "absent": dict(absent(package)),
        "rows": [asdict(row) | {"ratio": row.ratio, "whole_ratio": row.whole_ratio} for row in rows],
    }


if __name__ == "__main__":
    sys.exit(main())
