"""What each tool says of the bugs in `samples`, by rules that a machine can apply.

>>> named("  File \\"/tmp/buggy.py\\", line 7, in forward\\nbuggy.py:9:3: error")
{9, 7}

- found: it holds something against buggy.py and nothing against fixed.py. What is said of both (that a package is
  missing, that it cannot trace control flow) is not about the bug.
- line: a line where the bug shows, by expect.yaml, is named anywhere in what it says, every frame of a traceback
  included.
- cause: so is the line to mend.
- fix: it offers an edit after which buggy.py gives the numbers of fixed.py, from the same seed, or, where the kernels
  are not here to give any, is the same text; and *proven*: the tool has run the model with that edit.

A sample's class is `crash` where torch itself could name the bug (it has SD1xx), `silent` where only values go wrong.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from ..baseline import forward
from ..isolate import isolated
from . import Mended, Peer, Said, alone, opened

SAMPLES = Path(__file__).parents[3] / "samples"
NAMED = re.compile(r"buggy\.py(?::|\", line )(\d+)|\(line (\d+)\)")
SECONDS, GIGABYTES = 60.0, 4.0


@dataclass(frozen=True)
class Verdict:
    """How far a tool came."""

    found: bool = False
    line: bool = False
    cause: bool = False
    fix: bool = False
    proven: bool = False

    def __str__(self) -> str:
        return " ".join(field.name for field in fields(self) if getattr(self, field.name)) or "-"


@dataclass(frozen=True)
class Row:
    """`why` says what kept the tool from an answer, or that it says the same of the mended file."""

    sample: str
    kind: str
    peer: str
    verdict: Verdict = Verdict()
    why: str = ""


def samples() -> list[str]:
    return sorted(path.parent.name for path in SAMPLES.glob("*/expect.yaml"))


def judged(peer: Peer, sample: str) -> Row:
    """Buggy file first; the mended one only where there is something to compare."""
    expect = yaml.safe_load((SAMPLES / sample / "expect.yaml").read_text())
    row = partial(Row, sample, "crash" if expect["code"].startswith("SD1") else "silent", peer.name)
    said, error = _said(peer, sample, "buggy.py")
    if not said.words:
        return row(why=error)
    after, _ = _said(peer, sample, "fixed.py")
    if after.words:
        return row(why=f"the same of fixed.py: {_last(after.words)}")
    return row(_verdict(said, expect, right_ones(said.mended, SAMPLES / sample / "fixed.py")))


def named(words: str) -> set[int]:
    """The lines of buggy.py that a text speaks of."""
    return {int(one or other) for one, other in NAMED.findall(words)}


def right_ones(offered: Sequence[Mended], fixed: Path) -> list[Mended]:
    """Those that do what the mended file does."""
    text = fixed.read_text()
    wanted = isolated(partial(_output, text), SECONDS, GIGABYTES).value
    return [one for one in offered if one.source == text or _gives(one.source, wanted)]


def _gives(source: str, wanted: np.ndarray | None) -> bool:
    output = isolated(partial(_output, source), SECONDS, GIGABYTES).value
    if wanted is None or output is None or output.shape != wanted.shape:
        return False
    return bool(np.allclose(output, wanted, rtol=1e-4, atol=1e-5))


def _output(source: str) -> np.ndarray:
    """What the model of a text gives for its example, which is of its own seed."""
    with alone(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.py"
        path.write_text(source)
        model, inputs = opened(path)
        return forward(model, inputs).numpy()


def _verdict(said: Said, expect: dict[str, Any], right: Sequence[Mended]) -> Verdict:
    shown = expect["line"] if isinstance(expect["line"], list) else [expect["line"]]
    lines = named(said.words)
    return Verdict(
        True,
        not lines.isdisjoint(shown),
        expect.get("cause", shown[0]) in lines,
        bool(right),
        any(mended.proven for mended in right),
    )


def _said(peer: Peer, sample: str, file: str) -> tuple[Said, str]:
    outcome = isolated(partial(_quietly, peer, SAMPLES / sample / file), SECONDS, GIGABYTES)
    return outcome.value or Said(), outcome.error


def _quietly(peer: Peer, path: Path) -> Said:
    with alone():
        return peer.on(path)


def _last(words: str) -> str:
    """Where tracebacks say what went wrong."""
    return words.strip().splitlines()[-1][:100]
