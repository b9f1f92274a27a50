"""Expressions of a class in the terms that everything in it is assigned from, read from the source alone.

Two expressions that are spelled alike have the same value, whatever numbers stand in a model at hand:

>>> import tempfile, pathlib
>>> path = str(pathlib.Path(tempfile.mkdtemp()) / "net.py")
>>> _ = pathlib.Path(path).write_text('''
... class Net:
...     def __init__(self, dim, num_heads):
...         self.num_heads = num_heads
...         self.scale = num_heads ** -0.5
...     def forward(self, q, k):
...         return q @ k * self.scale
... ''')
>>> spelling = spelling_at(path, 7)
>>> [root] = spelling.roots(ast.parse("q @ k * self.scale", mode="eval").body, "forward")
>>> spelling.spelled(root.base, root.function), root.span.line
('num_heads@__init__', 5)
>>> spelling.spelled(ast.parse("self.num_heads", mode="eval").body, "forward")
'num_heads@__init__'
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, lru_cache

from shapedoc.core.report import Span
from shapedoc.core.roots import base_of, divides, factors_of
from shapedoc.core.source import read_source, span_of

Assigned = tuple[str, ast.expr]  # the function it stands in, and the value


@dataclass(frozen=True)
class Root:
    """A factor such as `base ** -0.5` or `1 / sqrt(base)`: where it is written, and in which function."""

    base: ast.expr
    span: Span
    function: str
    attribute: str = ""  # of self, that holds it


@dataclass(frozen=True)
class Spelling:
    """A class, and what it assigns to names and to attributes of `self`."""

    path: str
    tree: ast.ClassDef

    def function_at(self, line: int) -> str:
        """The function that a line stands in."""
        inside = (f for f in self._functions if f.lineno <= line <= (f.end_lineno or f.lineno))
        return next((function.name for function in inside), "")

    def roots(self, product: ast.AST | None, function: str) -> Iterator[Root]:
        """The roots among the factors of a product, or given to a call as its scale."""
        for factor in factors_of(product):
            where, value = self._value(factor, function) or (function, factor)
            base = base_of(value)
            if base is not None:
                yield Root(base, span_of(value, self.path), where, _of_self(factor))

    def held(self) -> Iterator[Root]:
        """The roots that attributes of `self` are assigned."""
        for (kind, name), found in self._assigned.items():
            base = base_of(found[0][1]) if kind == "self" and len(found) == 1 else None
            if base is not None:
                function, value = found[0]
                yield Root(base, span_of(value, self.path), function, name)

    def uses(self, attribute: str) -> list[tuple[ast.expr | ast.stmt, int]]:
        """Products with an attribute of `self`, or calls that it is given to as their scale.

        With each the power of the attribute: -1 where it divides.
        """
        return self._uses[attribute]

    @lru_cache(maxsize=256)  # noqa: B019 - of a class there is one, which is remembered itself
    def spelled(self, node: ast.expr, function: str) -> str:
        """An expression with every name that is assigned once replaced by what it is assigned."""
        return ast.unparse(_Replacing(self, function).visit(deepcopy(node)))

    def _value(self, node: ast.AST, function: str) -> Assigned | None:
        """What a name or an attribute of `self` is assigned, where that is done once."""
        match node:
            case ast.Name(id=name):
                found = self._assigned.get((function, name), [])
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                found = self._assigned.get(("self", name), [])
            case _:
                return None
        return found[0] if len(found) == 1 else None

    @cached_property
    def _uses(self) -> dict[str, list[tuple[ast.expr | ast.stmt, int]]]:
        found: dict[str, list[tuple[ast.expr | ast.stmt, int]]] = defaultdict(list)
        for function in self._functions:
            for node in ast.walk(function):
                for factor in factors_of(node):
                    if isinstance(node, ast.expr | ast.stmt):
                        found[_of_self(factor)].append((node, -1 if divides(node, factor) else 1))
        return found

    @cached_property
    def _functions(self) -> list[ast.FunctionDef]:
        return [node for node in self.tree.body if isinstance(node, ast.FunctionDef)]

    @cached_property
    def _assigned(self) -> dict[tuple[str, str], list[Assigned]]:
        found: dict[tuple[str, str], list[Assigned]] = defaultdict(list)
        for function in self._functions:
            for node in ast.walk(function):
                for target, value in _assignments(node):
                    match target:
                        case ast.Name(id=name):
                            found[function.name, name].append((function.name, value))
                        case ast.Attribute(value=ast.Name(id="self"), attr=name):
                            found["self", name].append((function.name, value))
        return found


def spelling_at(path: str, line: int) -> Spelling | None:
    """The innermost class around a line of a file."""
    classes = _classes(path, read_source(path).tree)
    around = [found for found in classes if found.tree.lineno <= line <= (found.tree.end_lineno or line)]
    return around[-1] if around else None


@lru_cache(maxsize=64)
def _classes(path: str, tree: ast.Module) -> tuple[Spelling, ...]:
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    return tuple(Spelling(path, node) for node in sorted(nodes, key=lambda node: node.lineno))


def _of_self(node: ast.expr) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id="self"), attr=name):
            return name
    return ""


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets with their values; what is assigned in another way has no value to tell."""
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                yield from _paired(target, value)
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            yield target, value
        case ast.AugAssign(target=target, value=value):
            yield from ((target, value), (target, value))  # twice: its value is not what is written


def _paired(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    match target, value:
        case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
            yield from zip(targets, values, strict=True)
        case ast.Tuple(elts=targets), _:
            for position, each in enumerate(targets):
                yield each, ast.Subscript(value, ast.Constant(position), ast.Load())
        case _:
            yield target, value


class _Replacing(ast.NodeTransformer):
    """Replaces names by their values, and marks those that stay with the function they are of."""

    def __init__(self, spelling: Spelling, function: str, within: frozenset[str] = frozenset()) -> None:
        self.spelling = spelling
        self.function = function
        self.within = within

    def visit_Name(self, node: ast.Name) -> ast.AST:
        marked = node if node.id == "self" else ast.Name(f"{node.id}@{self.function}")
        return self._replaced(node) or marked

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._replaced(node) or self.generic_visit(node)

    def _replaced(self, node: ast.expr) -> ast.AST | None:
        found = self.spelling._value(node, self.function)
        name = f"{ast.unparse(node)}@{self.function}"
        if found is None or name in self.within:
            return None
        function, value = found
        return _Replacing(self.spelling, function, self.within | {name}).visit(deepcopy(value))  # type: ignore[no-any-return]
