"""Where the attributes in an expression got their values, as far as one file tells.

>>> import tempfile, pathlib
>>> path = str(pathlib.Path(tempfile.mkdtemp()) / "net.py")
>>> _ = pathlib.Path(path).write_text('''
... class Net:
...     def __init__(self):
...         self.heads = 4
...     def forward(self, x):
...         return x.view(self.heads, -1)
... ''')
>>> attributes_in(Span(path, 6, 16, 6, 38))  # what is no number of the module is left out by its value
['view', 'heads']
>>> [found.line for found in attribute_assignments(path, "Net", "heads")]
[4]
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.core.report import Span
from shapedoc.core.source import ast_node_at, read_source, span_of


def attributes_in(span: Span) -> list[str]:
    """Attributes that the expression at a span takes of `self`, or of another name that may be the module."""
    node = ast_node_at(span)
    parts = ast.walk(node) if node is not None else ()
    taken = [
        part.attr for part in parts if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name)
    ]
    return list(dict.fromkeys(taken))


def attribute_assignments(path: str, class_name: str, name: str) -> Iterator[Span]:
    """The statements `self.name = …` in a class."""
    for node in ast.walk(read_source(path).tree):
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            for statement in ast.walk(node):
                if isinstance(statement, ast.stmt) and any(
                    _is_attribute(t, name) for t in _targets(statement)
                ):
                    yield span_of(statement, path)


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _is_attribute(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == name and _is_self(target.value)


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return [part for target in statement.targets for part in _parts(target)]
    return [statement.target] if isinstance(statement, ast.AnnAssign | ast.AugAssign) else []


def _parts(target: ast.expr) -> list[ast.expr]:
    return list(target.elts) if isinstance(target, ast.Tuple | ast.List) else [target]
