"""Whether each entry of the zoo is right: built and run bare, without the tool, in a process of its own.

>>> from tests.bench.models import entries
>>> checked(entries("x_transformers", ["XTransformer"])[0]).cpu
'ok'

On the CPU with real tensors where the parameters fit in `LARGEST`; and on meta, which only says whether there
is a bare pass to compare the tracer with: many models look at values, and rightly fail there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Console
from rich.text import Text

from .baseline import built_on_meta, forward, on_meta, quiet_and_reproducible
from .isolate import isolated, one_line
from .models import Entry

LARGEST = 300e6  # parameters, of four bytes each
TOO_LARGE, OK = "too large", "ok"
COLUMNS = "{:<42} {:<5} {:>9} {:>7}  {:<10} {}"


@dataclass(frozen=True)
class Check:
    """`cpu` and `meta` are "ok", or what went wrong there; `cpu` may also be "too large".

    `runs` is what is expected: a known fault of the package may stop the model.
    """

    name: str
    package: str
    scale: str
    parameters: int = 0
    cpu: str = ""
    meta: str = ""
    seconds: float = 0.0
    runs: bool = True
    faults: str = ""

    @property
    def is_right(self) -> bool:
        """It runs, or is too large to try; a fault that stops it must still do so."""
        return (self.cpu in (OK, TOO_LARGE)) is self.runs


def checked(entry: Entry, timeout: float = 120.0) -> Check:
    """The check of one entry. A missing requirement is told in `cpu`."""
    about: dict[str, Any] = {
        "name": entry.name,
        "package": entry.package,
        "scale": entry.scale,
        "runs": entry.runs,
        "faults": words_of(entry),
    }
    if entry.missing:
        return Check(**about, cpu=entry.missing)
    start = time.perf_counter()
    # A process for each of the two: some packages keep tensors in globals.
    meta = isolated(lambda: _on_meta(entry), timeout)
    found = {"cpu": TOO_LARGE, **(meta.value or {"meta": meta.error})}
    if found.get("parameters", 0) <= LARGEST:
        cpu = isolated(lambda: _on_cpu(entry), timeout)
        found |= cpu.value or {"cpu": cpu.error}
    return Check(**about, **found, seconds=time.perf_counter() - start)


def table(entries: Sequence[Entry]) -> list[Check]:
    """Check the entries one after the other, and print a line for each as it comes."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(Text(COLUMNS.format("model", "scale", "params", "s", "meta", "cpu")))
    checks = []
    for entry in entries:
        check = checked(entry)
        console.print(Text(_row(check)))
        checks.append(check)
    console.print(Text(_summary(checks, entries)))
    return checks


def words_of(entry: Entry) -> str:
    """The known faults in one line."""
    return "; ".join(f"{code} {words}" for code, words in entry.faults.items())


def rows(checks: Sequence[Check]) -> list[dict[str, Any]]:
    return [asdict(check) for check in checks]


def _row(check: Check) -> str:
    meta = OK if check.meta == OK else "no"
    words = f"{check.cpu}  (known: {check.faults})" if check.faults else check.cpu
    size = f"{check.parameters / 1e6:.1f}M"
    return COLUMNS.format(check.name, check.scale, size, f"{check.seconds:.1f}", meta, words)


def _summary(checks: Sequence[Check], entries: Sequence[Entry]) -> str:
    missing = {entry.name for entry in entries if entry.missing}
    counts = Counter("missing package" if check.name in missing else _verdict(check) for check in checks)
    counts["a bare pass on meta"] = sum(check.meta == OK for check in checks)
    return f"{len(checks)} models: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))


def _verdict(check: Check) -> str:
    if not check.runs:
        return "known not to run" if check.is_right else "fault is gone"
    return {OK: "run", TOO_LARGE: "too large to run"}.get(check.cpu, "DO NOT RUN")


def _on_meta(entry: Entry) -> dict[str, Any]:
    quiet_and_reproducible()
    inputs = on_meta(entry.inputs())
    try:
        model = built_on_meta(entry.build)
    except Exception as error:
        return {"meta": f"building: {one_line(error)}"}
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return {"parameters": parameters, "meta": _verdict_of(lambda: forward(model, inputs))}


def _on_cpu(entry: Entry) -> dict[str, Any]:
    quiet_and_reproducible()
    model = entry.build().eval()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return {"parameters": parameters, "cpu": _verdict_of(lambda: forward(model, entry.inputs()))}


def _verdict_of(work: Callable[[], Any]) -> str:
    try:
        work()
    except Exception as error:
        return one_line(error)
    return OK
