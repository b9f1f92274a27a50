"""What to write after `shapedoc trace`: of the models that a traceback goes through, one that can be built.

>>> import ast
>>> [net] = ast.parse('''
... class Net:
...     def __init__(self, dim, config): ...
...     def forward(self, x): ...
... ''').body
>>> Entry("net.py", net).written
'"net.py:Net(dim=64, config=…)"'
"""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from shapedoc.core.examples import UNKNOWN, example_of, required_by
from shapedoc.messages.meaning.causes import Cause
from shapedoc.messages.meaning.source import Folder
from shapedoc.messages.reading.text import printable

NOWHERE = "FILE.py:MODEL"


@dataclass(frozen=True)
class Entry:
    """A class of models in a file."""

    path: str
    model: ast.ClassDef

    @property
    def arguments(self) -> dict[str, str]:
        """What its constructor needs, each with a plausible literal, or with a mark where none is known."""
        return {name: example_of(name, kind) or UNKNOWN for name, kind in required_by(self.model)}

    @property
    def unknown(self) -> int:
        """How many arguments only the user knows."""
        return sum(UNKNOWN in value for value in self.arguments.values())

    @property
    def written(self) -> str:
        """The target as a shell takes it."""
        given = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f'"{self.path}:{self.model.name}({given})"' if given else f"{self.path}:{self.model.name}"


def target(cause: Cause, folder: Folder) -> str:
    """The outermost model that needs least; a hint of the form where no source can be read."""
    entries = list(_entries(cause, folder))
    known = min(entries, key=lambda entry: (entry.unknown, len(entry.arguments) > 0), default=None)
    if known is None:
        path = printable(cause.frame.path) if cause.frame else ""
        return f"{path}:MODEL" if path.endswith(".py") else NOWHERE
    values = f" (with values for {UNKNOWN})" if known.unknown else ""
    return f"{known.written}{values}"


def shown(path: Path) -> str:
    """A path as short as it can be written from here."""
    return os.path.relpath(path) if path.is_relative_to(Path.cwd()) else str(path)


def _entries(cause: Cause, folder: Folder) -> Iterator[Entry]:
    """The models whose `forward` a traceback goes through, outermost first."""
    frames = (*cause.first.stack.outer, *cause.first.stack.frames)
    for frame in (*frames, cause.frame):
        site = folder.site(frame) if frame and not frame.library else None
        model = site.enclosing(ast.ClassDef) if site else None
        if site and isinstance(model, ast.ClassDef) and _is_model(model):
            yield Entry(shown(site.path), model)


def _is_model(node: ast.ClassDef) -> bool:
    """Whether a class has a `forward`, and not the static one of an autograd.Function."""
    methods = [item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "forward"]
    return any("staticmethod" not in map(ast.unparse, method.decorator_list) for method in methods)
