"""What names stand for at certain lines, watched while a model is built and run."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any

import torch

from shapedoc.fixes._sites import Scope

SHORT = 8  # items of a list that are looked at one by one
TIMES = 16  # that a line is looked at: in a loop, names stand for something else each time

Lines = Mapping[str, Mapping[int, int]]  # file, line, first line of its statement
Scopes = dict[tuple[str, int], list[Scope]]


@contextmanager
def watching(lines: Lines) -> Iterator[Scopes]:
    """Scopes of lines, by file and first line of the statement, filled in as they run."""
    found: Scopes = {}
    wanted: dict[int, tuple[bool, CodeType]] = {}

    def enter(frame: FrameType, event: str, arg: Any) -> Any:
        known = wanted.get(id(frame.f_code))
        if known is None:
            known = wanted[id(frame.f_code)] = _holds(frame.f_code, lines), frame.f_code
        return step if known[0] else None

    def step(frame: FrameType, event: str, arg: Any) -> Any:
        path = frame.f_code.co_filename
        first = lines[path].get(frame.f_lineno)
        if event == "line" and first is not None:
            scopes = found.setdefault((path, first), [])
            if len(scopes) < TIMES:
                scopes.append(_scope(frame))
        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield found
    finally:
        sys.settrace(before)


def _holds(code: CodeType, lines: Lines) -> bool:
    own = lines.get(code.co_filename)
    return own is not None and any(line in own for _, _, line in code.co_lines())


def _scope(frame: FrameType) -> Scope:
    code, known = frame.f_code, frame.f_globals
    names: dict[str, Any] = {name: known[name] for name in code.co_names if name in known}
    for name, value in frame.f_locals.items():
        names[name] = value
        if not name.startswith("_") and not isinstance(value, type):
            names |= {f"{name}.{inner}": part for inner, part in _attributes(value).items()}
    names |= {text: part for name, value in list(names.items()) for text, part in _items(name, value)}
    return Scope(
        {name: value for name, value in names.items() if type(value) is int},
        {name: tuple(value.shape) for name, value in names.items() if _has_shape(value)},
    )


def _items(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The items of a short list of numbers, as they may be written."""
    if isinstance(value, list | tuple) and len(value) <= SHORT:
        for at, item in enumerate(value):
            yield f"{name}[{at}]", item
        yield from ((f"{name}[-1]", item) for item in value[-1:])


def _attributes(value: Any) -> dict[str, Any]:
    """Numbers and tensors that an object holds: a module, a configuration."""
    held = getattr(value, "__dict__", None) if not isinstance(value, torch.Tensor) else None
    tensors = {**held.get("_parameters", {}), **held.get("_buffers", {})} if isinstance(held, dict) else {}
    return {**held, **tensors} if isinstance(held, dict) else {}


def _has_shape(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and not value.is_nested
