"""What expressions in a method's source name: dotted paths, submodules, the tensor whose shape is asked for.

>>> net = nn.ModuleDict({"blocks": nn.ModuleList([nn.ReLU(), nn.Tanh()])})
>>> submodule(ast.parse("self.blocks[1]", mode="eval").body, {"self": net})
Tanh()
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache
from typing import Any

from torch import nn

Modules = Mapping[str, nn.Module]


@cache
def source_of(function: Any) -> ast.FunctionDef | None:
    """A function's definition, None where its source cannot be read."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    return tree.body[0] if tree.body and isinstance(tree.body[0], ast.FunctionDef) else None


def parameters_of(function: ast.FunctionDef) -> list[str]:
    """The names of a method's parameters after self."""
    arguments = function.args
    return [a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)][1:]


def dotted(node: ast.expr) -> str:
    """`self.conv` as text, empty for anything but names and attributes."""
    if isinstance(node, ast.Starred):
        return dotted(node.value)
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def submodule(node: ast.expr, modules: Modules) -> nn.Module | None:
    """The module that `self.blocks[0].attn` is."""
    match node:
        case ast.Name(id=name):
            return modules.get(name)
        case ast.Attribute(value=value, attr=name):
            found = getattr(submodule(value, modules), name, None)
        case ast.Subscript(value=value, slice=ast.Constant(value=key)):
            found = _item(submodule(value, modules), key)
        case _:
            return None
    return found if isinstance(found, nn.Module) else None


def _item(module: nn.Module | None, key: Any) -> Any:
    if isinstance(module, nn.ModuleDict):
        return dict(module.items()).get(key)
    children = list(module.children()) if isinstance(module, nn.Sequential | nn.ModuleList) else []
    fits = isinstance(key, int) and -len(children) <= key < len(children)
    return children[key] if fits else None


def shape_of(node: ast.expr) -> ast.expr | None:
    """`x` for `x.shape` and `x.size()`."""
    match node:
        case ast.Attribute(value=value, attr="shape"):
            return value
        case ast.Call(func=ast.Attribute(value=value, attr="size"), args=[]):
            return value
    return None


def integer(node: ast.expr) -> int | None:
    """The number that an expression is, where it is written as one."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, int) else None


def dims_named(node: ast.Call) -> set[int]:
    """The dimensions that a call of a tensor's method names."""
    values = [*node.args, *(keyword.value for keyword in node.keywords if keyword.arg == "dim")]
    return {index for value in values if (index := integer(value)) is not None}


def arguments_of(node: ast.Call) -> list[tuple[int | str, ast.expr]]:
    """The arguments of a call by their place or name."""
    return [*enumerate(node.args), *((keyword.arg or "", keyword.value) for keyword in node.keywords)]
