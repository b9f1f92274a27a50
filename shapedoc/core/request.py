"""What a run is asked to do, as frozen data: written by the command line, read by the worker.

>>> from shapedoc.core.serial import from_json, to_json
>>> request = Request("net.py:Net", inputs=("x=2,3,224,224",), at=(Size(7, "b"),), engine=Engine.SHAPE)
>>> from_json(Request, to_json(request)) == request
True
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from shapedoc.core.report import Size


class Engine(str, Enum):
    """What runs the model; the value is what stands after `--engine`."""

    AUTO = "auto"  # shapes alone, and for real where a value is needed
    SHAPE = "shape"
    REAL = "real"


@dataclass(frozen=True, slots=True)
class Request:
    """One run of one model, in the user's own texts: the worker parses what needs torch to mean anything."""

    target: str
    inputs: tuple[str, ...] = ()  # each `SPEC` or `NAME=SPEC`, one for every -i
    document: str = ""  # inputs as YAML, by name or by place
    at: tuple[Size, ...] = ()  # further sizes of named axes to run at
    engine: Engine = Engine.AUTO
    train: bool = False
    backward: bool = False  # try the backward of custom functions
    weights: str = ""  # a checkpoint whose shapes the model should have
    toggles: tuple[str, ...] = ()  # flags whose two ways should give the same numbers
    ranks: tuple[int, ...] = ()  # tensor-parallel degrees to divide the model among
    dtype: str = ""
    timeout: float = 120.0  # seconds for this model, without the import of torch
    memory: int | None = None  # bytes beyond those of torch itself; None leaves the choice to the worker
    probe: bool = True
    fixes: bool = True  # try what may mend a finding, and show what does
    kernels: tuple[str, ...] = ()  # versions to stand in for, such as natten=0.17
    select: tuple[str, ...] = ()  # prefixes of rule codes to check, all where empty
    ignore: tuple[str, ...] = ()
    config: str = ""  # the configuration's path; the nearest one where empty
    debug: bool = False
    runner: str = "shapedoc.session:run"  # takes a Request and a progress function, gives a Report

    def keeps(self, code: str) -> bool:
        """Whether findings of a rule are wanted.

        >>> Request("net.py", select=("SD1", "SD201"), ignore=("SD108",)).keeps("SD108")
        False
        """
        return code.startswith(self.select or "") and not code.startswith(self.ignore)
