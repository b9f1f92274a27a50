"""The condition behind an `assert` or a `raise`, with the numbers that made it fail.

`assert h % self.patch_size == 0` says no number in its message; its own frame has them. Names and
attributes are looked up, sizes are read, arithmetic is done; nothing of the user's is called.

>>> def forward(x, side):
...     assert x.shape[-1] == side, "wrong image size"
>>> tree = ast.parse("x.shape[-1] == side", mode="eval").body
>>> list(compared(tree, {"x": torch.empty(2, 30), "side": 32}))[0].expected
32
"""

from __future__ import annotations

import ast
import inspect
import operator
import textwrap
from collections.abc import Callable, Iterator, Mapping
from types import FrameType
from typing import Any

import torch
from torch import nn

from shapedoc.trace.inputs.fitting.complaints import Complaint, Kind, either

OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def read_frame(frame: FrameType, line: int) -> tuple[Complaint, ...]:
    """The complaints of the condition that guards a line of a frame."""
    condition = _condition(frame, line)
    return tuple(compared(condition, frame.f_locals)) if condition is not None else ()


def compared(node: ast.expr, names: Mapping[str, Any]) -> Iterator[Complaint]:
    """What a condition's comparisons and remainders ask for."""
    for part in ast.walk(node):
        match part:
            case ast.BinOp(left=left, op=ast.Mod(), right=right):
                found, of = value(left, names), value(right, names)
                if _positive(found) and _positive(of) and found % of:
                    yield Complaint(Kind.MULTIPLE, found, of)
            case ast.Compare(left=left, comparators=[right]) if _is_rank(left):
                yield Complaint(Kind.RANK, value(left, names) or 0, value(right, names) or 0)
            case ast.Compare(left=left, comparators=[right]):
                yield from _sides(value(left, names), value(right, names))


def _sides(left: Any, right: Any) -> Iterator[Complaint]:
    """Sizes that differ."""
    pairs = (
        zip(left, right, strict=False)
        if isinstance(left, tuple) and isinstance(right, tuple)
        else [(left, right)]
    )
    for a, b in pairs:
        if _positive(a) and _positive(b) and a != b:
            yield from either(a, b)


def _is_rank(node: ast.expr) -> bool:
    """`x.ndim`, `x.dim()` and `len(x.shape)`."""
    match node:
        case ast.Attribute(attr="ndim") | ast.Call(func=ast.Attribute(attr="dim"), args=[]):
            return True
        case ast.Call(func=ast.Name(id="len"), args=[ast.Attribute(attr="shape")]):
            return True
    return False


def _positive(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number > 0


def _condition(frame: FrameType, line: int) -> ast.expr | None:
    """The test of the assert at a line, or of the innermost `if` around the raise there."""
    try:
        lines, start = inspect.getsourcelines(frame.f_code)
        tree = ast.parse(textwrap.dedent("".join(lines)))
    except (OSError, SyntaxError):
        return None
    at = line - max(start, 1) + 1
    around = [n for n in ast.walk(tree) if isinstance(n, ast.stmt) and n.lineno <= at <= (n.end_lineno or 0)]
    if not any(isinstance(node, ast.Assert | ast.Raise) for node in around):
        return None
    tests = [node for node in around if isinstance(node, ast.Assert | ast.If)]
    return max(tests, key=lambda node: node.lineno).test if tests else None


def value(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """What an expression of names, attributes, sizes and arithmetic is worth; None for any other."""
    match node:
        case ast.Constant(value=constant):
            return constant
        case ast.Name(id=name):
            return names.get(name)
        case ast.Attribute(value=owner, attr=name):
            return _attribute(value(owner, names), name)
        case ast.Subscript(value=owner, slice=index):
            return _item(value(owner, names), value(index, names))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            number = value(operand, names)
            return -number if isinstance(number, int) else None
        case ast.BinOp(left=left, op=op, right=right):
            return _computed(op, value(left, names), value(right, names))
        case ast.Call(func=ast.Attribute(value=owner, attr="size"), args=[index]):
            return _item(_attribute(value(owner, names), "shape"), value(index, names))
        case ast.Call(func=ast.Attribute(value=owner, attr="size" | "dim" as name), args=[]):
            return _attribute(value(owner, names), {"size": "shape", "dim": "ndim"}[name])
        case ast.Call(func=ast.Name(id="len"), args=[ast.Attribute(value=owner, attr="shape")]):
            return _attribute(value(owner, names), "ndim")
        case ast.Tuple(elts=items):
            return tuple(value(item, names) for item in items)
    return None


def _attribute(owner: Any, name: str) -> Any:
    if isinstance(owner, torch.Tensor):
        return {"shape": tuple(owner.shape), "ndim": owner.dim()}.get(name)
    if isinstance(owner, nn.Module) and name in owner._modules:
        return owner._modules[name]
    return inspect.getattr_static(owner, name, None)  # what is computed by the user's code stays unknown


def _item(owner: Any, index: Any) -> Any:
    fits = isinstance(owner, tuple | list) and isinstance(index, int) and -len(owner) <= index < len(owner)
    return owner[index] if fits else None


def _computed(op: ast.operator, left: Any, right: Any) -> Any:
    rule = OPERATORS.get(type(op))
    if rule is None or not _positive(left) or not _positive(right):
        return None
    return rule(left, right)
