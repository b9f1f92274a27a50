"""What a generator of fixes looks at: the finding, the run it was found in, and the lines involved."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from shapedoc.core.report import Edit, Finding, Span
from shapedoc.core.source import expression_at, nodes_at, span_of
from shapedoc.trace.execution import Run
from shapedoc.trace.faults import Fault
from shapedoc.trace.places import is_library_class
from shapedoc.trace.recorder import Op

FURTHER = 0.08
LONG = 8  # lines of a statement of which only the expression at the span is looked at


@dataclass(frozen=True)
class Scope:
    """What names stood for when a line ran first: whole numbers, and shapes of tensors."""

    sizes: Mapping[str, int] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Site:
    """A statement that may be the one to mend; `rank` is 0 for the one nearest to the fault.

    `node` is the statement, or the expression that matters in a long one; `ops` are the calls it made.
    """

    path: str
    node: ast.AST
    rank: int
    ops: tuple[Op, ...] = ()
    scope: Scope = Scope()

    @property
    def further(self) -> float:
        """The surprise that a mistake on a line less near to the fault is."""
        return FURTHER * self.rank

    def nodes(self, *kinds: type[ast.AST]) -> Iterator[ast.expr]:
        """Expressions of these kinds in it, outermost first."""
        return (
            node for node in ast.walk(self.node) if isinstance(node, kinds) and isinstance(node, ast.expr)
        )

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """Calls of functions or methods with these bare names; all calls where none is given."""
        calls = (node for node in ast.walk(self.node) if isinstance(node, ast.Call))
        return (call for call in calls if not names or bare_name(call) in names)

    def text(self, node: ast.AST) -> str:
        """An expression as it is written."""
        return expression_at(self.span(node))

    def span(self, node: ast.AST) -> Span:
        """Where an expression stands."""
        return span_of(node, self.path)  # type: ignore[arg-type]

    def edit(self, node: ast.AST, replacement: str) -> Edit:
        """Other text in the place of an expression."""
        return Edit(self.span(node), replacement, self.text(node))

    def op_of(self, node: ast.AST) -> Op | None:
        """The recorded call that an expression made first."""
        span = self.span(node)
        return next((op for op in self.ops if op.place and op.place.span() == span), None)

    def made(self, op: Op, node: ast.AST) -> bool:
        """Whether an expression made a call, the first time it ran or later."""
        return op.place is not None and op.place.span() == self.span(node)

    def _last_op_of(self, node: ast.AST) -> Op | None:
        """The last of the calls that an expression made the first time: a module has several."""
        op = self.op_of(node)
        span = op.place.span() if op and op.place else None
        for following in self.ops[self.ops.index(op) + 1 :] if op else ():
            if following.place is None or following.place.span() != span or following.index != op.index + 1:
                break
            op = following
        return op

    def rank_of(self, node: ast.AST) -> int | None:
        """How many dimensions the tensor has that an expression gives, or the method's object has."""
        shape = self.shape_of(node)
        return None if shape is None else len(shape)

    def shape_of(self, node: ast.AST) -> tuple[int, ...] | None:
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


def bare_name(call: ast.Call) -> str:
    """`rearrange` for `einops.rearrange(…)`, `view` for `x.view(…)`."""
    func = call.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


_ARITHMETIC = {
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
    value: int = _ARITHMETIC[sign](left, right)
    return value if abs(value) < LARGEST else None


@dataclass(frozen=True, eq=False)
class Problem:
    """One finding to mend; `sites` are the statements involved, the nearest first."""

    finding: Finding
    run: Run
    fault: Fault | None = None
    scopes: Mapping[tuple[str, int], Scope] = field(default_factory=dict)

    @property
    def crashed(self) -> bool:
        return self.run.error is not None

    @cached_property
    def op(self) -> Op | None:
        """The call where it shows."""
        step, ops = self.finding.step, self.run.trace.ops
        return ops[step] if step is not None and step < len(ops) else None

    @property
    def tears(self) -> bool:
        """Whether the call regroups elements across axes, if only at other sizes than these."""
        return self.finding.code == "SD201" or bool(self.op and self.op.torn)

    @cached_property
    def sites(self) -> tuple[Site, ...]:
        made = self._made_at()
        sites: dict[tuple[str, int, int], Site] = {}
        for span in self.spans():
            node = _to_mend(span)
            if node is not None:
                key = (span.path, node.lineno, node.col_offset)  # type: ignore[attr-defined]
                scope = self.scopes.get((span.path, node.lineno), Scope())  # type: ignore[attr-defined]
                ops = [op for line in _lines(node) for op in made.get((span.path, line), ())]
                sites.setdefault(key, Site(span.path, node, len(sites), tuple(ops), scope))
        return tuple(sites.values())

    def spans(self) -> Iterator[Span]:
        """Where it shows, what is labelled, and what constructed the layers it shows in.

        The call takes what the calls before it gave, and a library's layer does as it was constructed,
        so these lines come before others.
        """
        if self.finding.span:
            yield self.finding.span
        layer = self.op.module if self.op else self.fault.module if self.fault else None
        made = [around.made.span() for around in (layer.chain() if layer else ()) if around.made is not None]
        if layer is not None and layer.made is not None and is_library_class(type(layer.module)):
            yield layer.made.span()
        before = _before([self.op] if self.op else [])
        yield from (op.place.span() for op in before if op.place is not None)
        yield from (label.span for label in self.finding.labels)
        yield from (op.place.span() for op in _before(before) if op.place is not None)
        yield from made

    def lines(self) -> dict[str, dict[int, int]]:
        """For each file, the lines of the statements involved, with the first line of their statement."""
        found: dict[str, dict[int, int]] = {}
        for span in self.spans():
            node = _to_mend(span)
            for line in _lines(node) if node is not None else ():
                found.setdefault(span.path, {})[line] = node.lineno  # type: ignore[attr-defined, union-attr]
        return found

    def _made_at(self) -> dict[tuple[str, int], list[Op]]:
        made: dict[tuple[str, int], list[Op]] = {}
        for op in self.run.trace.ops:
            for place in op.place.chain() if op.place else ():
                made.setdefault(place.line(), []).append(op)
        return made


def _before(ops: Iterable[Op]) -> list[Op]:
    """The calls whose results these take."""
    return [var.op for op in ops for var in op.inputs() if var.op is not None]


def _to_mend(span: Span) -> ast.AST | None:
    """The statement around a span; of one that is long or holds others, the largest expression there."""
    around = nodes_at(span)
    statements = [node for node in around if isinstance(node, ast.stmt)]
    if not statements:
        return None
    inner = statements[-1]
    if not hasattr(inner, "body") and (inner.end_lineno or inner.lineno) - inner.lineno <= LONG:
        return inner
    inside = [node for node in around[around.index(inner) :] if isinstance(node, ast.expr)]
    short = [node for node in inside if (node.end_lineno or node.lineno) - node.lineno <= LONG]
    return short[0] if short else None


def _lines(node: ast.AST) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)  # type: ignore[attr-defined]
