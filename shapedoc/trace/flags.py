"""Flags of a model that can be set both ways: boolean attributes of its modules, and of Python modules.

>>> class Net(nn.Module):
...     fused = True
>>> net = Net()
>>> [flag] = flags_named(net, "fused")
>>> with flag.set(False):
...     net.fused
False
>>> net.fused
True
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from torch import nn

from shapedoc.core.source import read_source
from shapedoc.trace.places import is_library_class

AUTO = "auto"
OWN = ("training",)  # set by the mode in which a model runs


@dataclass(frozen=True)
class Flag:
    """A name, and the objects that have it as a boolean attribute."""

    name: str
    holders: tuple[Any, ...]

    @contextmanager
    def set(self, value: bool) -> Iterator[None]:
        """Every holder with this value."""
        attribute = self.name.rpartition(".")[2]
        with ExitStack() as stack:
            for holder in self.holders:
                stack.enter_context(mock.patch.object(holder, attribute, value))
            yield


def flags_named(model: nn.Module, name: str) -> list[Flag]:
    """The flags that a name stands for: an attribute, a path to one, a variable of a Python module."""
    if name == AUTO:
        return [flag for found in selecting(model) for flag in flags_named(model, found)]
    owner, _, attribute = name.rpartition(".")
    within = [module for path, module in model.named_modules() if not owner or path == owner]
    modules = [module for module in within if _is_flag(module, attribute)]
    files = [sys.modules[owner]] if owner in sys.modules else _files(model) if not owner else []
    holders = modules or [file for file in files if _is_flag(file, attribute)]
    return [Flag(name, tuple(holders))] if holders else []


def _is_flag(holder: Any, attribute: str) -> bool:
    return isinstance(getattr(holder, attribute, None), bool)


def _files(model: nn.Module) -> list[Any]:
    """The Python modules that define the user's classes of a model."""
    kinds = {type(module) for module in model.modules() if not is_library_class(type(module))}
    names = sorted({kind.__module__ for kind in kinds} & sys.modules.keys())
    return [sys.modules[name] for name in names]


def selecting(model: nn.Module) -> list[str]:
    """Names that an `if` asks in the files of a model, and that are flags."""
    asked: dict[str, None] = {}
    for file in _files(model):
        tree = read_source(getattr(file, "__file__", None) or "").tree
        asked |= dict.fromkeys(name for node in ast.walk(tree) for name in _asked(node))
    return [name for name in asked if name not in OWN and flags_named(model, name)]


def _asked(node: ast.AST) -> Iterator[str]:
    """Names and attributes of `self` in the condition of a branch."""
    if isinstance(node, ast.If | ast.IfExp):
        for part in ast.walk(node.test):
            match part:
                case ast.Attribute(value=ast.Name(id="self"), attr=name) | ast.Name(id=name):
                    yield name
