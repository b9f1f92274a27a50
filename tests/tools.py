"""What many tests share: a model from a piece of source, traced as the command line would."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shapedoc.core.report import Report
from shapedoc.core.request import Request
from shapedoc.session import run

_NUMBERS = itertools.count()
_OPTIONS: tuple[tuple[str, str, Callable[[str], Any]], ...] = (
    ("weights", "weights", str),
    ("toggle", "toggles", lambda text: (text,)),
    ("tp", "ranks", lambda text: tuple(map(int, text.split(",")))),
)
HEADER = """\
import torch
from einops import rearrange, reduce, repeat
from torch import nn
from torch.nn import functional as F

"""


def trace_source(code: str, options: str, folder: Path, target: str = "Net") -> Report:
    """Trace a model in `code`; options are those of the command line, such as `-i 2,3`."""
    path = folder / f"net{next(_NUMBERS)}.py"  # one process imports a module name once
    path.write_text(HEADER + code)
    specs = tuple(re.findall(r"-i\s+(?:\"([^\"]*)\"|(\S+))", options))
    inputs = tuple(quoted or plain for quoted, plain in specs)
    asked: dict[str, Any] = {flag: True for flag in ("backward", "train") if f"--{flag}" in options}
    for option, field, kind in _OPTIONS:
        if found := re.search(rf"--{option} (\S+)", options):
            asked[field] = kind(found[1])
    return run(Request(f"{path}:{target}", inputs=inputs, fixes=False, **asked), lambda progress: None)


def line_of(code: str, text: str) -> int:
    """The line of a file made by `trace_source` on which a text stands."""
    lines = (HEADER + code).splitlines()
    [found] = [number for number, line in enumerate(lines, 1) if text in line]
    return found
