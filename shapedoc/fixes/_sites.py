"""A statement that may be the one to mend: its expressions, their calls, and what is known of them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from shapedoc.core.calls import bare_name
from shapedoc.core.report import Edit, Span
from shapedoc.core.source import Placed, expression_at, span_of
from shapedoc.trace.places import Place, is_library_class
from shapedoc.trace.recorder import Op

FURTHER = 0.08

Node = TypeVar("Node", bound=ast.expr)


@dataclass(frozen=True)
class Scope:
    """What names stood for when a line ran: whole numbers, and shapes of tensors."""

    sizes: Mapping[str, int] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Site:
    """A statement that may be the one to mend; `rank` is 0 for the one nearest to the fault.

    `node` is the statement, or the expression that matters in a long one; `ops` are the calls it made,
    `layers` those that the library's layers made which it constructed.
    """

    path: str
    node: ast.stmt | ast.expr
    rank: int
    ops: tuple[Op, ...] = ()
    layers: tuple[Op, ...] = ()
    scope: Scope = Scope()

    @property
    def further(self) -> float:
        """The surprise that a mistake on a line less near to the fault is."""
        return FURTHER * self.rank

    def nodes(self, *kinds: type[Node]) -> Iterator[Node]:
        """Expressions of these kinds in it, outermost first."""
        return (node for node in ast.walk(self.node) if isinstance(node, kinds))

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Calls of functions or methods with these bare names; all calls where none is given."""
        calls = (node for node in ast.walk(self.node) if isinstance(node, ast.Call))
        return (call for call in calls if not names or bare_name(call) in names)

    def numbers(self) -> Iterator[ast.expr]:
        """Expressions that are sizes: not steps of a power, not an index into something."""
        powers = (node.right for node in self.nodes(ast.BinOp) if isinstance(node.op, ast.Pow))
        indices = (node.slice for node in self.nodes(ast.Subscript))
        skipped = {id(inner) for node in (*powers, *indices) for inner in ast.walk(node)}
        for node in self.nodes(ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.BinOp):
            read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            if read and id(node) not in skipped and self.value(node) is not None:
                yield node

    def text(self, node: Placed) -> str:
        """An expression as it is written."""
        return expression_at(self.span(node))

    def span(self, node: Placed) -> Span:
        """Where an expression stands."""
        return span_of(node, self.path)

    def edit(self, node: Placed, replacement: str) -> Edit:
        """Other text in the place of an expression."""
        return Edit(self.span(node), replacement, self.text(node))

    def in_front(self, node: Placed, text: str) -> Edit:
        """Text in front of an expression."""
        span = self.span(node)
        return Edit(Span(span.path, span.line, span.column, span.line, span.column), text)

    def behind(self, node: Placed, text: str) -> Edit:
        """Text behind an expression."""
        span = self.span(node)
        return Edit(Span(span.path, span.end_line, span.end_column, span.end_line, span.end_column), text)

    def op_of(self, node: Placed) -> Op | None:
        """The recorded call that an expression made first."""
        span = self.span(node)
        return next((op for op in self.ops if op.place and op.place.span() == span), None)

    def op_within(self, node: Placed) -> Op | None:
        """The recorded call that the layer made first which an expression constructed."""
        span = self.span(node)
        return next((op for op in self.layers if (made := constructed_at(op)) and made.span() == span), None)

    def made(self, op: Op, node: Placed) -> bool:
        """Whether an expression made a call, the first time it ran or later."""
        return op.place is not None and op.place.span() == self.span(node)

    def _last_op_of(self, node: Placed) -> Op | None:
        """The last of the calls that an expression made the first time: a module has several."""
        last = self.op_of(node)
        if last is None:
            return None
        for op in self.ops[self.ops.index(last) + 1 :]:
            if not self.made(op, node) or op.index != last.index + 1:
                break
            last = op
        return last

    def rank_of(self, node: Placed) -> int | None:
        """How many dimensions the tensor has that an expression gives, or the method's object has."""
        shape = self.shape_of(node)
        return None if shape is None else len(shape)

    def shape_of(self, node: Placed) -> tuple[int, ...] | None:
        """The shape of the tensor that an expression gives."""
        op = self._last_op_of(node)
        if op is not None and hasattr(op.outputs, "shape"):
            return tuple(op.outputs.shape)
        return self.scope.shapes.get(ast.unparse(node))

    def value(self, node: ast.AST) -> int | None:
        """The whole number that an expression comes to, as far as what is in scope tells."""
        match node:
            case ast.Constant(value=int(number)) if not isinstance(number, bool):
                return number
            case ast.Name() | ast.Attribute() | ast.Subscript():
                return self.scope.sizes.get(ast.unparse(node))
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _ARITHMETIC:
                return _computed(type(sign), self.value(left), self.value(right))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                value = self.value(operand)
                return None if value is None else -value
            case ast.Call(func=ast.Name(id="int"), args=[inner]):
                return self.value(inner)
        return None


_ARITHMETIC: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Div: lambda a, b: a // b,
    ast.Pow: lambda a, b: a**b,
}
LARGEST = 2**40  # beyond any size


def _computed(sign: type[ast.operator], left: int | None, right: int | None) -> int | None:
    if left is None or right is None or (sign is ast.Pow and not 0 <= right <= 8):
        return None
    if sign in (ast.FloorDiv, ast.Div) and right == 0:
        return None
    value = _ARITHMETIC[sign](left, right)
    return value if abs(value) < LARGEST else None


def constructed_at(op: Op) -> Place | None:
    """Where the library's layer was constructed that makes a call."""
    return op.module.made if op.module and is_library_class(type(op.module.module)) else None
