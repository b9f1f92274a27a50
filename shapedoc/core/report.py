"""What a run found, as frozen data: made by the trace, worded by the formats.

The worker process, the cache and every output format speak this language; `core.serial` turns it into
JSON and back.

>>> finding = Finding("SD101", "x has 512 features, fc takes 256", Span("net.py", 7, 9))
>>> report = Report(Target("net.py:Net"), findings=(finding,))
>>> report.exit_status
1
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

VERSION = 1


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of source. Lines and columns count from 1, the end is exclusive; 0 is unknown."""

    path: str
    line: int
    column: int = 0
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part)


@dataclass(frozen=True, slots=True)
class Label:
    """Words to stand under a span."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement of source text. `original` is what it replaces, so that a changed file is noticed."""

    span: Span
    replacement: str
    original: str = ""


class Safety(str, Enum):
    """How far a fix may be trusted; the value is what a reader sees."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Fix:
    """A proposed change of the user's source, and what was proven about it."""

    title: str
    edits: tuple[Edit, ...] = ()
    safety: Safety = Safety.MANUAL
    proof: str = ""


@dataclass(frozen=True, slots=True)
class Search:
    """Edits of which none mends a finding: how many were tried, and how many the time did not suffice for."""

    tried: int
    untried: int = 0

    def __str__(self) -> str:
        """As a reader is told.

        >>> print(Search(37))
        37 edits were tried, none of them held
        >>> print(Search(1, 39))
        1 of 40 edits was tried, it did not hold; there was no time for more
        """
        of = f" of {self.tried + self.untried}" if self.untried else ""
        held = {0: "were tried", 1: "was tried, it did not hold"}
        words = held.get(self.tried, "were tried, none of them held")
        rest = "; there was no time for more" if self.untried else ""
        return f"{self.tried}{of} edit{'s'[: self.tried + self.untried != 1]} {words}{rest}"


@dataclass(frozen=True, slots=True)
class Size:
    """One dimension as a reader names it: `heads=4`, or a bare `64` where nothing names it."""

    size: int
    name: str = ""

    def __str__(self) -> str:
        return f"{self.name}={self.size}" if self.name else str(self.size)


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor that goes into or comes out of a step."""

    name: str
    dtype: str
    dims: tuple[Size, ...]

    def __str__(self) -> str:
        return f"{self.name}[{' '.join(str(dim) for dim in self.dims)}]"


@dataclass(frozen=True, slots=True)
class Step:
    """One call as the user wrote it. `detail` holds what the shapes do not show: a pattern, a dim."""

    index: int
    op: str
    inputs: tuple[Value, ...] = ()
    outputs: tuple[Value, ...] = ()
    module: str = ""
    span: Span | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a module: steps `first` up to, not including, `last` ran inside it."""

    path: str
    kind: str
    inputs: tuple[Value, ...] = ()
    outputs: tuple[Value, ...] = ()
    constructed: Span | None = None
    first: int = 0
    last: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault: `span` is where it shows, `labels` carry the cause, `notes` the rest of the story."""

    code: str
    message: str
    span: Span | None = None
    labels: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    module: str = ""
    step: int | None = None
    probe: str = ""
    search: Search | None = None  # where edits were tried in vain


class Reason(str, Enum):
    """Why a trace ended before the model did."""

    FAULT = "fault"  # a finding says what stopped the run
    ERROR = "error"  # the user's code raised for a reason that is no shape matter
    VALUE = "value"  # a value was asked for that shapes alone do not give
    TARGET = "target"  # there was nothing to run: no file, no such name, arguments missing
    EXIT = "exit"  # the user's code ended the process
    TIMEOUT = "timeout"
    MEMORY = "memory"


@dataclass(frozen=True, slots=True)
class Stop:
    """Where and why a trace ended early; `debug` is the traceback, shown with --debug only."""

    reason: Reason
    message: str
    span: Span | None = None
    module: str = ""
    step: int | None = None
    debug: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What was run: `name` as the user wrote it, `kind` its class, `path` its file."""

    name: str
    kind: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Input:
    """A value given to the model. `origin` says who chose it: "given", "inferred: …", a file."""

    value: Value
    origin: str = "given"
    spec: str = ""  # what to write after -i to pin it


@dataclass(frozen=True, slots=True)
class Standin:
    """A kernel that was checked by its contract and not run."""

    name: str
    contract: str


@dataclass(frozen=True, slots=True)
class File:
    """A file of the project that a run has read; the digest is empty if it changed meanwhile."""

    path: str
    digest: str  # SHA-256, in hexadecimal


@dataclass(frozen=True, slots=True)
class Report:
    """Everything one traced model has to say."""

    target: Target
    inputs: tuple[Input, ...] = ()
    engine: str = "shape"
    standins: tuple[Standin, ...] = ()
    calls: tuple[Call, ...] = ()
    steps: tuple[Step, ...] = ()
    findings: tuple[Finding, ...] = ()
    stopped: Stop | None = None
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    files: tuple[File, ...] = ()
    version: int = VERSION

    @property
    def exit_status(self) -> int:
        """0 clean, 1 findings, 2 the run is incomplete and nothing was found in what did run."""
        if self.findings:
            return 1
        return 2 if self.stopped else 0
