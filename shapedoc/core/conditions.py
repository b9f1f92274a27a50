"""Conditions of a contract, judged once all axes are bound.

>>> from shapedoc.core.expressions import parse
>>> from shapedoc.core.matching import match
>>> from shapedoc.core.mismatch import explain
>>> from shapedoc.core.notation import parse_signature
>>> weights = parse_signature("attn[b h x k], value[b h x d]")
>>> bound = match(weights, {"attn": (2, 4, 16, 9), "value": (2, 4, 16, 8)}, {"kernel_size": 7})
>>> explain(check([Condition(parse("k == kernel_size"))], bound))
'attn has 9 in its last dimension, it takes k=7 (kernel_size)'
>>> explain(check([Condition(parse("h % 3 == 0"))], bound))
'attn has 4 in dimension 1, which is not divisible by 3 (h % 3 == 0)'
>>> explain(check([Condition(parse("x >= 3 * kernel_size"))], bound))
'x >= 3 * kernel_size does not hold for attn: 16 >= 21'
>>> explain(check([Condition(parse("x >= 3 * kernel_size"), "the window is larger than the image")], bound))
'the window is larger than the image: 16 >= 21 does not hold for attn'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeGuard

from shapedoc.core.expressions import Expression, failing, fill_in, holds
from shapedoc.core.mismatch import Bindings, Fault, Mismatch, Position
from shapedoc.core.terms import Apply, Literal, Logic, Name, Term


@dataclass(frozen=True, slots=True)
class Condition:
    """What must hold, and in words what is the matter where it does not."""

    expression: Expression
    words: str = ""

    def __str__(self) -> str:
        return f"{self.expression}: {self.words}" if self.words else str(self.expression)


def check(conditions: Iterable[Condition], bindings: Bindings) -> Mismatch | None:
    """The mismatch of the first condition that does not hold."""
    names = bindings.names
    broken = next((condition for condition in conditions if not holds(condition.expression, names)), None)
    return _mismatch(broken, bindings) if broken else None


def _mismatch(condition: Condition, bindings: Bindings) -> Mismatch:
    names, expression = bindings.names, condition.expression
    blamed = failing(expression, names)
    shapes = tuple((operand, names[operand]) for operand in bindings.labels if operand in names)
    broken = Mismatch(Fault.WHERE, expression=expression.text, words=condition.words, shapes=shapes)
    if blamed is None:
        return replace(broken, numbers=fill_in(expression.root, names))
    return replace(_described(broken, blamed, bindings), numbers=fill_in(blamed, names))


def _described(broken: Mismatch, blamed: Apply, bindings: Bindings) -> Mismatch:
    """The mismatch in terms of the dimension on the left, where there is one."""
    subject, divisor = _division(blamed)
    side = divisor or blamed.arguments[1]
    found, wanted = subject.value(bindings.names), side.value(bindings.names)
    at = next(_positions(subject, bindings), None)
    named = (subject,) if divisor else (side, subject)
    return replace(
        broken,
        fault=_fault(blamed, subject, at) if divisor is None else Fault.DIVIDE,
        operand=at.operand if at else "",
        dim=at.dim if at else None,
        axis=next((term.name for term in named if _is_axis(term, bindings)), ""),
        expression=side.name if isinstance(side, Name) else broken.expression,
        expected=(wanted,) if isinstance(wanted, int) else (),
        found=found if isinstance(found, int) else None,
        bound_by=next((place for place in _positions(side, bindings) if place != at), None),
    )


def _is_axis(term: Term, bindings: Bindings) -> TypeGuard[Name]:
    return isinstance(term, Name) and term.name in bindings.bound


def _division(blamed: Apply) -> tuple[Term, Term | None]:
    """`c` and `g` of the condition `c % g == 0`; else what is compared, and None."""
    left, right = blamed.arguments
    is_zero = blamed.symbol == "==" and right == Literal(0)
    if is_zero and isinstance(left, Apply) and left.symbol == "%":
        return left.arguments[0], left.arguments[1]
    return left, None


def _fault(blamed: Apply, subject: Term, at: Position | None) -> Fault:
    """A size or a number of dimensions that must equal a number is that, not just any condition."""
    if blamed.symbol != "==" or at is None:
        return Fault.WHERE
    if isinstance(subject, Apply) and subject.symbol == "len":
        return Fault.RANK
    direct = isinstance(subject, Name) or (isinstance(subject, Apply) and subject.symbol == "[]")
    return Fault.SIZE if direct and at.dim is not None else Fault.WHERE


def _positions(term: Term, bindings: Bindings) -> Iterator[Position]:
    """The dimensions and operands that a term speaks of."""
    if isinstance(term, Name):
        if term.name in bindings.bound:
            yield bindings.bound[term.name]
        elif term.name in bindings.labels:
            yield Position(term.name, None)
        return
    arguments = term.arguments if isinstance(term, (Apply, Logic)) else ()
    if isinstance(term, Apply) and term.symbol == "[]" and isinstance(arguments[0], Name):
        operand, index = arguments[0].name, arguments[1].value(bindings.names)
        if operand in bindings.labels and isinstance(index, int):
            yield Position(operand, index % len(bindings.labels[operand]))
            return
    for argument in arguments:
        yield from _positions(argument, bindings)
