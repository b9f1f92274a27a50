"""Functions of a file: which parameters they expect to be None at times, and what they return where.

>>> import tempfile, pathlib
>>> path = str(pathlib.Path(tempfile.mkdtemp()) / "net.py")
>>> _ = pathlib.Path(path).write_text('''
... def forward(ctx, x, g, h=None):
...     return x if g is None else x * g
... ''')
>>> function = function_at(path, 3)
>>> sorted(optional_parameters(function)), ast.unparse(return_at(function, 3).value)
(['g', 'h'], 'x if g is None else x * g')
"""

from __future__ import annotations

import ast
import re

from shapedoc.core.source import read_source

Function = ast.FunctionDef | ast.AsyncFunctionDef


def function_at(path: str, line: int) -> Function | None:
    """The innermost function around a line, its decorators included."""
    functions = [node for node in ast.walk(read_source(path).tree) if isinstance(node, Function)]
    around = [node for node in functions if _first_line(node) <= line <= (node.end_lineno or line)]
    return max(around, key=_first_line, default=None)


def optional_parameters(function: Function) -> frozenset[str]:
    """Parameters that are None by default, or may be by their annotation, or are asked whether they are."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip(named[::-1], arguments.defaults[::-1], strict=False))
    found = {arg.arg for arg in named if _is_none(defaults.get(arg)) or _allows_none(arg.annotation)}
    asked = {
        node.left.id
        for node in ast.walk(function)
        if isinstance(node, ast.Compare) and isinstance(node.left, ast.Name) and _is_none(node.comparators[0])
    }
    return frozenset(found | asked & {arg.arg for arg in named})


def return_at(function: Function, line: int) -> ast.Return | None:
    """The return statement that a line belongs to."""
    returns = (node for node in ast.walk(function) if isinstance(node, ast.Return))
    return next((node for node in returns if node.lineno <= line <= (node.end_lineno or line)), None)


def _first_line(function: Function) -> int:
    return min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _allows_none(annotation: ast.expr | None) -> bool:
    return annotation is not None and bool(re.search(r"\b(?:None|Optional)\b", ast.unparse(annotation)))
