"""Where in the user's source a call was made, remembered cheaply and resolved late.

Walking the stack happens at every traced call, so a `Place` keeps only the code object and the
bytecode offset; lines and columns are worked out when a report asks for them.
"""

from __future__ import annotations

import itertools
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType, TracebackType
from typing import Any

import torch

from shapedoc.core.report import Span
from shapedoc.core.source import span_from_positions

MADE = "_shapedoc_made"  # where a module keeps the place that constructed it
_OWN = str(Path(__file__).parents[1])
_LIBRARIES = (
    str(Path(torch.__file__).parent),
    _OWN,
    str(Path(sysconfig.get_path("purelib")) / "einops"),
    "<frozen ",
    "<string>",
    "<@beartype",
)
_STANDARD = str(Path(sysconfig.get_path("stdlib")))
_SITE = ("site-packages", "dist-packages")


class Place:
    """One point in a code object, and the one it was called from, up to the module's forward.

    Copies of a module keep the place that made the original.
    """

    __slots__ = ("code", "offset", "outer")

    def __init__(self, code: CodeType, offset: int, outer: Place | None = None) -> None:
        self.code = code
        self.offset = offset
        self.outer = outer

    def chain(self) -> Iterator[Place]:
        """This place and those it was called from, innermost first."""
        here: Place | None = self
        while here is not None:
            yield here
            here = here.outer

    def __deepcopy__(self, memo: Any) -> Place:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return (_nowhere, ())

    def line(self) -> tuple[str, int]:
        """File and line, without reading the source."""
        return _line(self.code, self.offset)

    def span(self) -> Span:
        """The source of the call, as exactly as this Python tells it."""
        key = id(self.code), self.offset
        if key not in _spans:
            _spans[key] = _span(self.code, self.offset), self.code
        return _spans[key][0]


def _nowhere() -> None:
    """What is left of a place once its module has been pickled."""


def _line(code: CodeType, offset: int) -> tuple[str, int]:
    known = _lines.get((id(code), offset))
    if known is None:
        lines = (line for start, end, line in code.co_lines() if start <= offset < end)
        line = next(lines, None) or code.co_firstlineno
        known = _lines[id(code), offset] = (code.co_filename, line), code
    return known[0]


def _span(code: CodeType, offset: int) -> Span:
    if sys.version_info < (3, 11):
        return Span(*_line(code, offset))
    line, end_line, column, end_column = next(itertools.islice(code.co_positions(), offset // 2, None))
    return span_from_positions(code.co_filename, line or code.co_firstlineno, end_line, column, end_column)


def is_library_path(path: str) -> bool:
    """Whether a file belongs to torch, einops or the standard library."""
    return path.startswith(_LIBRARIES) or (
        path.startswith(_STANDARD) and not any(site in path for site in _SITE)
    )


def is_editable(path: str) -> bool:
    """Whether a file is of the user's own project, so that a fix may change it."""
    installed = any(site in path for site in _SITE)
    return not is_library_path(path) and not installed and Path(path).is_file()


def is_library_class(kind: type) -> bool:
    """Whether a class is one of torch's, of einops', or stands in for one of a library's."""
    return kind.__module__.partition(".")[0] in ("torch", "einops", "shapedoc")


# By identity: the hash of a code object is worked out from all it holds, each time it is asked for.
_library_code: dict[int, tuple[bool, CodeType]] = {}
_spans: dict[tuple[int, int], tuple[Span, CodeType]] = {}
_lines: dict[tuple[int, int], tuple[tuple[str, int], CodeType]] = {}


def is_library(code: CodeType) -> bool:
    """Whether code belongs to torch, einops, the standard library or shapedoc, not to a model."""
    known = _library_code.get(id(code))
    if known is None:
        known = _library_code[id(code)] = is_library_path(code.co_filename), code
    return known[0]


def caller(depth: int = 1) -> Place | None:
    """The innermost place outside the libraries, `depth` frames up or further."""
    frame: FrameType | None = sys._getframe(depth + 1)
    while frame is not None:
        if not is_library(frame.f_code):
            return _with_callers(frame)
        frame = frame.f_back
    return None


def _with_callers(frame: FrameType) -> Place:
    """The place of a frame and of its callers, as far as the next call of a library's."""
    outer = frame.f_back
    if outer is None or is_library(outer.f_code):
        return Place(frame.f_code, frame.f_lasti)
    return Place(frame.f_code, frame.f_lasti, _with_callers(outer))


def constructor_of(module: object) -> Place | None:
    """The place that constructed `module`, called from within its `__init__`."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and (_initialises(frame, module) or is_library(frame.f_code)):
        frame = frame.f_back
    return Place(frame.f_code, frame.f_lasti) if frame else None


def _initialises(frame: FrameType, module: object) -> bool:
    names = frame.f_code.co_varnames
    return bool(names) and frame.f_locals.get(names[0]) is module


def place_of_error(error: BaseException) -> Place | None:
    """The innermost place outside the libraries that an exception passed through."""
    found = None
    step: TracebackType | None = error.__traceback__
    while step is not None:
        if not is_library(step.tb_frame.f_code):
            found = Place(step.tb_frame.f_code, step.tb_lasti)
        step = step.tb_next
    return found
