"""Kinds of mutations: one module each, found by walking this package.

>>> source = Source("x = rearrange(x, 'b n (h d) -> b h n d', h=4).softmax(dim=-1)")
>>> [(change.kind, change.replacement) for change in changes_in(source) if change.kind == "softmax"]
[('softmax', '-2'), ('softmax', '1')]

A kind has `changes(source)`, which gives every expression it would change, and what it would say instead.
Whether that is a bug, a crash or nothing at all is found by running it.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

Edit = tuple[ast.expr, str]


@dataclass(frozen=True)
class Change:
    """An expression at `start` to `end` of a source text, and what stands there instead."""

    kind: str
    line: int
    start: int
    end: int
    replacement: str


@dataclass(frozen=True)
class Source:
    """The text of a file with its syntax tree."""

    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        starts = [0]
        for line in self.text.splitlines(keepends=True):
            starts.append(starts[-1] + len(line.encode()))
        return starts

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Calls of functions, methods and classes by these bare names."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and called(node) in names:
                yield node

    def at(self, node: ast.expr) -> str:
        """The text of an expression."""
        start, end = self.range(node)
        return self.text.encode()[start:end].decode()

    def range(self, node: ast.expr) -> tuple[int, int]:
        """Where an expression stands, in bytes."""
        assert node.end_lineno is not None and node.end_col_offset is not None
        return (
            self._starts[node.lineno - 1] + node.col_offset,
            self._starts[node.end_lineno - 1] + node.end_col_offset,
        )

    def changed(self, start: int, end: int, replacement: str) -> str:
        """The text with another expression in one place."""
        text = self.text.encode()
        return (text[:start] + replacement.encode() + text[end:]).decode()


def called(node: ast.Call) -> str:
    """The bare name of what is called."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def keyword(node: ast.Call, name: str) -> ast.expr | None:
    """The value of a keyword of a call."""
    return next((word.value for word in node.keywords if word.arg == name), None)


def number(node: ast.expr | None) -> int | None:
    """A whole number written out, also below zero."""
    try:
        value = ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None
    return value if type(value) is int else None


@cache
def kinds() -> dict[str, Any]:
    """Every kind by its name."""
    names = [module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_")]
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def changes_in(source: Source) -> Iterator[Change]:
    """All changes of all kinds, each once."""
    seen = set()
    for kind, module in kinds().items():
        for node, replacement in module.changes(source):
            start, end = source.range(node)
            if replacement != source.at(node) and (start, end, replacement) not in seen:
                seen.add((start, end, replacement))
                yield Change(kind, node.lineno, start, end, replacement)
