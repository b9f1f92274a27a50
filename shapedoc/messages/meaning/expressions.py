"""Where in the source a call on a line gets its sizes from: constructors, assignments, literals.

>>> import ast
>>> net = ast.parse('''
... class Net:
...     def __init__(self):
...         self.fc = nn.Linear(8, 4)
...     def forward(self, x):
...         return self.fc(x)''').body[0]
>>> [call] = calls(net.body[1])
>>> ast.unparse(constructor(net, call))
'nn.Linear(8, 4)'
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

FUNCTIONAL = "torch.nn.functional"


def calls(node: ast.AST | None) -> list[ast.Call]:
    """Every call in a statement, innermost last."""
    return [child for child in ast.walk(node) if isinstance(child, ast.Call)] if node else []


def constructor(owner: ast.AST | None, call: ast.Call) -> ast.Call | None:
    """The call that made the layer which `self.name(…)` calls."""
    if owner is None or not isinstance(call.func, ast.Attribute) or not _is_self(call.func.value):
        return None
    made = [
        value
        for name, value in _assignments(owner)
        if name == f"self.{call.func.attr}" and isinstance(value, ast.Call)
    ]
    return made[-1] if made else None


def layers(made: ast.Call) -> Iterator[ast.Call]:
    """A layer, or those that a Sequential holds."""
    inner = [argument for argument in made.args if isinstance(argument, ast.Call)]
    if isinstance(made.func, (ast.Attribute, ast.Name)) and ast.unparse(made.func).endswith("Sequential"):
        yield from inner
    else:
        yield made


def made(function: ast.AST | None, name: str, before: int) -> ast.expr | None:
    """What was last assigned to a name in a function before a line."""
    values = [value for target, value in _assignments(function) if target == name and value.lineno < before]
    return values[-1] if values else None


def literals(node: ast.AST, number: int) -> list[ast.Constant]:
    """The places where a number is written down."""
    return [
        child
        for child in ast.walk(node)
        if isinstance(child, ast.Constant) and type(child.value) is int and child.value == number
    ]


def is_repeatable(node: ast.expr) -> bool:
    """Whether an expression may be written twice: it only names something.

    >>> [is_repeatable(ast.parse(text, mode="eval").body) for text in ("skips[-1]", "skips.pop()")]
    [True, False]
    """
    acting = (ast.Call, ast.Await, ast.NamedExpr, ast.Yield, ast.YieldFrom)
    named = isinstance(node, (ast.Name, ast.Attribute, ast.Subscript))
    return named and not any(isinstance(part, acting) for part in ast.walk(node))


def functional(tree: ast.Module) -> str:
    """How a file may write torch.nn.functional, by what it imports.

    >>> [functional(ast.parse(f"from torch import {name}")) for name in ("nn", "nn as n", "Tensor")]
    ['nn.functional', 'n.functional', 'torch.nn.functional']
    """
    known = {full: name for node in ast.walk(tree) for full, name in _imported(node)}
    parts = FUNCTIONAL.split(".")
    for end in range(len(parts), 0, -1):
        if name := known.get(".".join(parts[:end])):
            return ".".join([name, *parts[end:]])
    return FUNCTIONAL


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    """What an import binds: the whole name of each module or member, and the one to write."""
    if isinstance(node, ast.Import):
        yield from ((alias.name, alias.asname or alias.name) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        yield from ((f"{node.module}.{alias.name}", alias.asname or alias.name) for alias in node.names)


@lru_cache(maxsize=16)
def _assignments(node: ast.AST | None) -> tuple[tuple[str, ast.expr], ...]:
    """Names and what is assigned to them, in the order of lines."""
    assigned = (part for part in ast.walk(node) if isinstance(part, ast.Assign)) if node else ()
    return tuple(
        (ast.unparse(name), statement.value)
        for statement in sorted(assigned, key=lambda part: part.lineno)
        for target in statement.targets
        for name in (target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target])
    )


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"
