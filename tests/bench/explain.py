"""`shapedoc explain`: how soon it answers, how fast it reads, how it bears what is made to harm it.

    python -m tests.bench.explain [--json FILE] [--megabytes 200] [--examples 500]

Every row is measured in this run, beside what it is compared with: the import of typer and rich, ten
passes of grep. A row that misses its bound makes the exit status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table

from shapedoc.core.serial import to_json
from shapedoc.messages import explain, explain_log
from shapedoc.messages.reading.catalogue import faults
from tests.messages import ordinary

TRACEBACK = """Traceback (most recent call last):
  File "/home/me/train.py", line 9, in main
    loss = net(batch)
  File "/home/me/net.py", line 41, in forward
    return self.fc(x)
RuntimeError: mat1 and mat2 shapes cannot be multiplied (512x64 and 256x256)
"""
COMMAND = [sys.executable, "-m", "shapedoc", "explain"]
# What a terminal acts on: controls, directions, surrogates, line ends. A letter of tomorrow's Unicode is none.
UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True)
class Row:
    """One measurement: `value` must not exceed `bound`."""

    what: str
    value: float
    bound: float
    unit: str
    beside: str = ""

    @property
    def holds(self) -> bool:
        return self.value <= self.bound


@dataclass(frozen=True)
class Cost:
    """What a process took: wall-clock seconds and megabytes."""

    seconds: float
    megabytes: float


def cost(command: list[str], folder: Path) -> Cost:
    """One run of a command, with the byte code of a package kept as an installed one has it."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    # Into a file: a grep into /dev/null stops at its first match.
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
        _, _, usage = os.wait4(process.pid, 0)
    return Cost(time.perf_counter() - begun, usage.ru_maxrss / 1024)


def least(command: list[str], folder: Path, times: int) -> Cost:
    """The shortest of several runs, which other work on the machine has disturbed least."""
    return min((cost(command, folder) for _ in range(times)), key=lambda each: each.seconds)


def shortest(action: Callable[[], object], times: int = 2) -> float:
    """The shortest of several runs in this process."""
    return min(_seconds(action) for _ in range(times))


def _seconds(action: Callable[[], object]) -> float:
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


def start(folder: Path) -> Iterator[Row]:
    """A small log: the whole command, and what explaining adds to the imports it is compared with."""
    log = folder / "small.log"
    log.write_text(TRACEBACK)
    program = f"import typer, rich, pathlib; from shapedoc.messages import explain; explain(pathlib.Path({str(log)!r}))"
    imports = least([sys.executable, "-c", "import typer, rich"], folder, 20).seconds
    beside = f"{imports * 1000:.0f} ms"
    for what, command in (
        ("whole command", [*COMMAND, str(log)]),
        ("without the command line", [sys.executable, "-c", program]),
    ):
        answer = least(command, folder, 20).seconds
        yield Row(f"small log, {what}", answer / imports, 3, "x import typer, rich", beside)


def logs(folder: Path, megabytes: int) -> Iterator[tuple[str, Path]]:
    """Large logs of several kinds; one at a time, for the sake of the disk."""
    source = random.Random(0)
    lines = "".join(f"{line}\n" for line in ordinary.lines(8_000))
    kinds = {
        "ordinary": lines,
        "a fault each megabyte": lines + TRACEBACK,
        "no two lines alike": "".join(
            f"{source.randbytes(40).hex()} sample matched\n" for _ in range(40_000)
        ),
        "one long progress bar": "\rEpoch 1:  10%|█         | 10/100 [00:01<00:09,  9.9it/s, loss=0.123]"
        * 14_000,
        "errors of other kinds": "step 1 loss 0.5 grad norm 1.25\n" * 9 + "ValueError: bad sample 123\n",
    }
    for name, unit in kinds.items():
        path = folder / f"{name}.log"
        with path.open("w", encoding="utf-8") as file:
            for _ in range(megabytes * 1_000_000 // len(unit.encode())):
                file.write(unit)
        yield name, path
        path.unlink()


def throughput(folder: Path, megabytes: int) -> Iterator[Row]:
    """The whole command on large logs, beside ten passes of grep over the same file."""
    for name, path in logs(folder, megabytes):
        grep = 10 * least(["grep", "-c", "Error", str(path)], folder, 10).seconds
        answer = least([*COMMAND, str(path)], folder, 3)
        beside = f"{grep:.2f} s, ours {answer.seconds:.2f} s"
        yield Row(f"{megabytes} MB, {name}", answer.seconds / grep, 4, "x ten greps", beside)
        yield Row(f"{megabytes} MB, {name}: peak memory", answer.megabytes, 150, "MB")


# Texts that almost match, over and over, and a line that never ends.
NEAR = {
    "one letter": b"x",
    "a message without its numbers": b"mat1 and mat2 shapes cannot be multiplied (",
    "the first half of a message": b"The size of tensor a (3) must match ",
    "open shapes": b"shape '[1, 1, 1, ",
    "nested shapes": b"got torch.Size([[[1, ",
    "escape sequences": b"\x1b[31m\x1b]0;",
    "names of errors": b"RuntimeError: ",
    "frames": b'  File "a.py", line 1, in match ',
    "quotes and backslashes": b"\\\\\\\\'\"match",
    "einops without an end": b'Error while processing rearrange-reduction pattern "',
    "state dict keys": b"Missing key(s) in state_dict: match ",
    "blanks": b"match" + b" " * 200,
    "prefixes": b"[rank1]: (a pid=1) ERROR 2026-01-01 10:00:00 match ",
}


def linear(megabytes: int) -> Iterator[Row]:
    """Time over a line of so many megabytes against a line of a quarter of that."""
    for name, unit in NEAR.items():
        small, large = (unit * (size * 1_000_000 // len(unit)) for size in (megabytes // 4, megabytes))
        few, many = (shortest(lambda data=data: explain_log([data])) for data in (small, large))
        yield Row(
            f"{megabytes} MB without a newline, {name}",
            many / max(few, 0.02),
            6,
            "x a quarter of it",
            f"{many:.1f} s",
        )
    endless = b"x" * 25_000_000 + TRACEBACK.encode() + b"y" * 25_000_000
    yield Row("50 MB without a newline, a fault inside", _seconds(lambda: explain_log([endless])), 5, "s")


def fuzz(examples: int) -> Iterator[Row]:
    """Random mixtures of wordings, frames, control characters and noise: no exception, nothing unprintable."""
    wordings = [text.replace("{{", "{").replace("}}", "}") for fault in faults() for text in fault.wordings]
    frames = [
        f'  File "{path}", line 3, in f\n    x = self.fc(x)\n'
        for path in ("../../etc/passwd", "a.py", "\x1b[1m.py")
    ]
    noise = st.sampled_from(
        [
            *wordings,
            *frames,
            *TRACEBACK.splitlines(keepends=True),
            "[rank1]: ",
            "\r",
            "\n",
            "\x1b[2J",
            "\0",
            "[b]",
            "{0}",
        ]
    )
    pieces = st.one_of(noise, st.text(max_size=40), st.integers().map(str))
    parts = st.lists(
        st.one_of(pieces.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=30)),
        max_size=30,
    )
    worst = 0.0

    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(parts)
    def bears(chunks: list[bytes]) -> None:
        nonlocal worst
        begun = time.perf_counter()
        shown = json.dumps(to_json(explain(chunks)), ensure_ascii=False)
        worst = max(worst, time.perf_counter() - begun)
        assert UNPRINTABLE.isdisjoint(map(unicodedata.category, shown))

    bears()
    yield Row(f"slowest of {examples} random logs", worst, 2, "s")


def mutated(examples: int) -> Iterator[Row]:
    """A real log with bytes cut, doubled and changed: always an answer."""
    source = random.Random(0)
    seconds = 0.0
    for _ in range(examples):
        log = bytearray(TRACEBACK.encode() * 3)
        for _ in range(source.randint(1, 20)):
            place = source.randrange(len(log))
            log[place : place + source.randint(0, 9)] = source.randbytes(source.randint(0, 9))
        seconds += _seconds(lambda log=log: explain([bytes(log)]))
    yield Row(f"mean of {examples} damaged logs", seconds / examples, 0.1, "s")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--examples", type=int, default=500)
    options = parser.parse_args()
    rows: list[Row] = []
    table = Table("", "measured", "bound", "unit", "beside")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for row in (
            *start(folder),
            *throughput(folder, options.megabytes),
            *linear(max(4, options.megabytes // 10)),
            *fuzz(options.examples),
            *mutated(options.examples),
        ):
            rows.append(row)
            table.add_row(
                row.what,
                f"{row.value:.2f}",
                f"{row.bound:g}",
                row.unit,
                row.beside,
                style="" if row.holds else "red",
            )
    Console().print(table)
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=2))
    return int(not all(row.holds for row in rows))


if __name__ == "__main__":
    sys.exit(main())
