"""Two faults of values that source text shows: a reshape in the wrong order, a scale by the head count.

>>> import ast
>>> tree = ast.parse("def f(q):\\n b, c, t, h, w = q.shape\\n q = q.reshape(b * t, c, h * w)")
>>> [(ast.unparse(call), order) for call, order in torn_reshapes(tree)]
[('q.reshape(b * t, c, h * w)', (0, 2, 1, 3, 4))]
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def torn_reshapes(tree: ast.AST) -> Iterator[tuple[ast.Call, tuple[int, ...]]]:
    """Reshapes that name all axes of a tensor in another order than its shape has, and that order."""
    for function in (node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)):
        shapes: dict[str, list[str]] = {}
        for node in sorted(
            (n for n in ast.walk(function) if isinstance(n, ast.Assign)), key=lambda n: n.lineno
        ):
            if unpacked := _unpacked(node):
                shapes[unpacked[0]] = unpacked[1]
                continue
            for call in (child for child in ast.walk(node.value) if isinstance(child, ast.Call)):
                names, axes = _reshaped(call)
                known = shapes.get(names)
                if known and axes != known and sorted(axes) == sorted(known):
                    yield call, tuple(known.index(axis) for axis in axes)
            for target in node.targets:
                shapes.pop(ast.unparse(target), None)


def head_count_scales(tree: ast.AST) -> Iterator[ast.BinOp]:
    """`num_heads ** -0.5`, which is no scale for attention."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and ast.unparse(node.right) == "-0.5":
            name = ast.unparse(node.left)
            if "heads" in name and "dim" not in name:
                yield node


def head_dim_name(tree: ast.AST) -> str:
    """What the file calls the size of one head."""
    names = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, (ast.Name, ast.Attribute))}
    return next(
        (name for name in ("head_dim", "dim_head", "self.head_dim", "self.dim_head") if name in names), ""
    )


def _unpacked(node: ast.Assign) -> tuple[str, list[str]] | None:
    """`b, c, t = x.shape`: the tensor and its axes."""
    target, value = node.targets[0], node.value
    taken = value.func if isinstance(value, ast.Call) and not value.args else value
    source = taken.value if isinstance(taken, ast.Attribute) and taken.attr in ("shape", "size") else None
    if (
        source is None
        or not isinstance(target, ast.Tuple)
        or not all(isinstance(name, ast.Name) for name in target.elts)
    ):
        return None
    return ast.unparse(source), [ast.unparse(name) for name in target.elts]


def _reshaped(call: ast.Call) -> tuple[str, list[str]]:
    """The tensor of `x.reshape(b * t, c)` and the axes it names, in order."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("reshape", "view"):
        return "", []
    arguments = (
        call.args[0].elts
        if len(call.args) == 1 and isinstance(call.args[0], (ast.Tuple, ast.List))
        else call.args
    )
    return ast.unparse(call.func.value), [axis for argument in arguments for axis in _factors(argument)]


def _factors(node: ast.expr) -> list[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return [*_factors(node.left), *_factors(node.right)]
    return [ast.unparse(node)]
