"""How the time of a trace grows with layers and with ops, and that of `fix-suggest` with models.

    python -m tests.bench.growth [--json FILE]

Layers and ops are counted in this process; models by the command, for the first time and when all are known. Each
figure is the shortest of several, but for what is done once. Where milliseconds for each do not rise with their
number, growth is linear.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from torch import nn

from shapedoc.session import prepare, trace

from .cost import MODELS
from .suggest import COMMAND, seconds, small_models

TIMES = 3
LAYERS = (5, 10, 20, 40, 80)
STEPS = (400, 3_125, 12_500, 50_000)
COUNTS = (5, 10, 20, 40)
COLUMNS = ("growing with", "how many", "seconds", "ms each")


@dataclass(frozen=True)
class Row:
    """So many of something, and the seconds they took."""

    what: str
    count: int
    seconds: float


def layers() -> Iterator[Row]:
    """Decoders of 70 billion parameters at 80 layers."""
    ids = torch.randint(0, 1000, (2, 128))
    decoder = _named("Decoder")
    yield from _rows("layers", LAYERS, lambda count: _shortest(lambda: _traced(partial(decoder, count), ids)))


def steps() -> Iterator[Row]:
    """A chain of ops without parameters."""
    chain = _named("Chain")
    yield from _rows("ops", STEPS, lambda count: _traced(partial(chain, count), torch.ones(2, 3, 6)))


def models(work: Path) -> Iterator[Row]:
    """Small models that share their layers, one at a time."""
    folders = {count: small_models(work / f"models{count}", count) for count in COUNTS}
    command = [*COMMAND, "fix-suggest", "--jobs", "1"]

    def suggested(count: int) -> float:
        return seconds(command, folders[count], work / f"cache{count}")[0]

    seconds(command, folders[COUNTS[0]], work / "cache")  # writes the byte code that an installed package has
    yield from _rows("models, for the first time", COUNTS, suggested)
    yield from _rows("models, all known", COUNTS, lambda count: _shortest(lambda: suggested(count)))


def _rows(what: str, counts: tuple[int, ...], timed: Callable[[int], float]) -> Iterator[Row]:
    yield from (Row(what, count, timed(count)) for count in counts)


def _named(name: str) -> Any:
    """A class of the models that `tests.bench.cost` writes out."""
    names: dict[str, Any] = {"__name__": "models"}
    exec(compile(MODELS, "models.py", "exec"), names)
    return names[name]


def _shortest(timed: Callable[[], float]) -> float:
    return min(timed() for _ in range(TIMES))


def _traced(build: Callable[[], nn.Module], *inputs: torch.Tensor) -> float:
    started = time.perf_counter()
    trace(build, *inputs, probe=False)
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth")
    parser.add_argument("--json", type=Path, help="write the rows here, too")
    options = parser.parse_args()
    prepare()
    with tempfile.TemporaryDirectory() as name:
        rows = [*layers(), *steps(), *models(Path(name))]
    table = Table(*COLUMNS)
    for row in rows:
        table.add_row(row.what, str(row.count), f"{row.seconds:.2f}", f"{row.seconds / row.count * 1000:.3g}")
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))


if __name__ == "__main__":
    main()
