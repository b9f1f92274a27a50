"""Who asks for a module or one of its names, and whether they can do without it.

>>> Asker("net.py", 2, Who.USER, asks_only=True).accepts_standins
True
>>> Asker("timm/layers/attention.py", 7, Who.LIBRARY, asks_only=True).accepts_standins
False
"""

from __future__ import annotations

import ast
import importlib
import importlib.metadata
import os
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from types import FrameType

import torch

from shapedoc.core.source import read_source

_OWN = str(Path(__file__).parent) + os.sep
_LAYERS = _OWN + "layers" + os.sep  # what stands in for a library asks as that library would
_MACHINERY = ("<frozen importlib", os.path.dirname(importlib.__file__), _OWN)
_TORCH = os.path.dirname(torch.__file__) + os.sep
_STANDARD = os.path.dirname(os.__file__) + os.sep
_SITE = ("site-packages", "dist-packages")
# importlib.util.find_spec, which some Pythons have frozen, and importlib.metadata.version
_QUESTIONS = ("util.py", "<frozen importlib.util>", f"metadata{os.sep}__init__.py")
_CAUGHT = frozenset(("ImportError", "ModuleNotFoundError", "Exception", "BaseException", "AttributeError"))


class Who(Enum):
    """Whose code it is."""

    USER = "user"
    KERNELS = (
        "kernels"  # a library that there are contracts for, or one that launches kernels through another
    )
    LIBRARY = "library"  # any other installed package
    TORCH = "torch"


@dataclass(frozen=True)
class Asker:
    """A place that asks for a module, or, if it `asks_only`, whether there is one."""

    path: str
    line: int
    who: Who
    asks_only: bool = False

    @cached_property
    def guarded(self) -> bool:
        """Whether it goes on without an answer."""
        return self.asks_only or _is_guarded(self.path, self.line)

    @property
    def accepts_standins(self) -> bool:
        """Whether a stand-in serves it.

        Other packages have ways of their own to do without a kernel, which are theirs to take where they ask.
        """
        return self.who in (Who.USER, Who.KERNELS) or (self.who is Who.LIBRARY and not self.guarded)

    def imports(self, name: str) -> bool:
        """Whether it says `from … import name`, and not only looks at an attribute."""
        statements = _statements_at(self.path, self.line)
        return any(isinstance(node, ast.ImportFrom) and name in _imported(node) for node in statements)


def asker(libraries: Collection[str]) -> Asker:
    """The innermost place outside the import machinery; `libraries` are those of kernels."""
    frame: FrameType | None = sys._getframe(1)
    asked = False
    while frame is not None and _is_machinery(frame.f_code.co_filename):
        asked |= frame.f_code.co_filename.endswith(_QUESTIONS)
        frame = frame.f_back
    if frame is None:
        return Asker("", 0, Who.LIBRARY, asks_only=True)
    path = frame.f_code.co_filename
    return Asker(path, frame.f_lineno, _who(path, libraries), asked)


def _is_machinery(path: str) -> bool:
    return path.startswith(_MACHINERY) and not path.startswith(_LAYERS)


def _who(path: str, libraries: Collection[str]) -> Who:
    if path.startswith(_TORCH):
        return Who.TORCH
    if path.startswith(_LAYERS):
        return Who.KERNELS
    site = next((mark for mark in _SITE if mark in path), None)
    if site is None:
        return Who.LIBRARY if path.startswith(_STANDARD) else Who.USER
    package = path.rpartition(site)[2].strip(os.sep).partition(os.sep)[0]
    return Who.KERNELS if package.removesuffix(".py") in libraries else Who.LIBRARY


def _is_guarded(path: str, line: int) -> bool:
    """Whether a line stands in a `try` that catches what a missing module raises, or under `suppress`."""
    return any(
        (isinstance(node, ast.Try) and _covers(node.body, line) and any(map(_catches, node.handlers)))
        or (isinstance(node, ast.With) and any("suppress" in ast.unparse(item) for item in node.items))
        for node in _statements_at(path, line)
    )


def _statements_at(path: str, line: int) -> Iterator[ast.stmt]:
    """The statements that a line is part of."""
    for node in ast.walk(read_source(path).tree):
        if isinstance(node, ast.stmt) and _covers([node], line):
            yield node


def _covers(statements: list[ast.stmt], line: int) -> bool:
    return statements[0].lineno <= line <= (statements[-1].end_lineno or 0)


def _catches(handler: ast.ExceptHandler) -> bool:
    caught = handler.type
    return caught is None or any(
        ast.unparse(node).rpartition(".")[2] in _CAUGHT
        for node in ast.walk(caught)
        if isinstance(node, (ast.Name, ast.Attribute))
    )


def _imported(node: ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names]
