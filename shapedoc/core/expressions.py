"""The closed language of conditions on sizes, parsed once and never executed as Python.

>>> fits = parse("k == prod(pair(kernel_size))")
>>> evaluate(fits, {"k": 49, "kernel_size": 5})
False
>>> fill_in(fits.root, {"k": 49, "kernel_size": 5})
'49 == 25'

It has names, numbers, strings, tuples and their items, `+ - * // %`, comparisons (chained too), `in`,
`and`, `or`, `not`, and the functions `prod sum len lengths min max abs single pair triple`. A name that is
missing or None is *unknown*, so is everything that needs it, and an unknown condition holds:

>>> evaluate(fits, {"k": 49, "kernel_size": None}) is UNKNOWN
True
>>> holds(fits, {"k": 49})
True

Anything else is refused where it stands:

>>> parse("k == open('x')")
Traceback (most recent call last):
    ...
shapedoc.core.expressions.ExpressionError: column 6: there is no function open
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shapedoc.core.syntax import TextError
from shapedoc.core.terms import (
    ARITHMETIC,
    COMPARISONS,
    FUNCTIONS,
    NEGATION,
    UNKNOWN,
    Apply,
    Literal,
    Logic,
    Name,
    Names,
    Term,
)


class ExpressionError(TextError):
    """Text that is no expression."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression and the text it came from."""

    text: str
    root: Term

    def __str__(self) -> str:
        return self.text


def parse(text: str) -> Expression:
    """Parse one expression."""
    stripped = text.strip()
    indent = len(text) - len(text.lstrip())
    try:
        return Expression(stripped, _translate(ast.parse(stripped.replace("\n", " "), mode="eval").body))
    except ExpressionError as error:
        raise ExpressionError(error.message, indent + error.column) from None
    except SyntaxError as error:
        raise ExpressionError("this is no expression", indent + (error.offset or 1)) from None
    except (RecursionError, MemoryError, ValueError):  # nested too deeply, or a null character
        raise ExpressionError("this cannot be read", indent + 1) from None


def evaluate(expression: Expression, names: Names) -> Any:
    """The value for these names, or UNKNOWN."""
    return expression.root.value(names)


def holds(expression: Expression, names: Names) -> bool:
    """Whether a condition is met, or cannot be judged."""
    value = expression.root.value(names)
    return value is UNKNOWN or bool(value)


def names_in(expression: Expression) -> frozenset[str]:
    """Every name an expression speaks of.

    >>> sorted(names_in(parse("k == prod(pair(kernel_size))")))
    ['k', 'kernel_size']
    """
    return frozenset(term.name for term in _walk(expression.root) if isinstance(term, Name))


def fill_in(term: Term, names: Names) -> str:
    """A condition with numbers in place of what is compared.

    >>> fill_in(parse("not training or prod(x) > c").root, {"training": True, "x": (1, 3), "c": 3})
    'not True or 3 > 3'
    """
    if isinstance(term, Logic):
        return f" {term.word} ".join(fill_in(part, names) for part in term.arguments)
    if isinstance(term, Apply) and term.symbol == "not":
        return f"not {fill_in(term.arguments[0], names)}"
    if isinstance(term, Apply) and term.symbol in COMPARISONS:
        return f" {term.symbol} ".join(str(part.value(names)) for part in term.arguments)
    return str(term.value(names))


def failing(expression: Expression, names: Names) -> Apply | None:
    """The comparison to blame for a condition that does not hold.

    >>> failing(parse("c % 2 == 0 and c > 4"), {"c": 3}).symbol
    '>'
    """
    for term in reversed(list(_conditions(expression.root))):
        if isinstance(term, Apply) and term.symbol in COMPARISONS and term.value(names) is False:
            return term
    return None


def _walk(term: Term) -> Iterator[Term]:
    yield term
    for part in term.arguments if isinstance(term, (Apply, Logic)) else ():
        yield from _walk(part)


def _conditions(term: Term) -> Iterator[Term]:
    """What `and` and `or` join."""
    if isinstance(term, Logic):
        for part in term.arguments:
            yield from _conditions(part)
    else:
        yield term


_SYMBOLS: Mapping[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.USub: "-",
    ast.Not: "not",
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.And: "and",
    ast.Or: "or",
}


def _translate(node: ast.AST) -> Term:
    translate = _TRANSLATIONS.get(type(node))
    if translate is None:
        raise ExpressionError(f"{type(node).__name__.lower()} has no place here", _column(node))
    return translate(node)


def _all(nodes: list[ast.expr]) -> tuple[Term, ...]:
    return tuple(_translate(node) for node in nodes)


def _column(node: ast.AST) -> int:
    return int(getattr(node, "col_offset", 0)) + 1


def _apply(node: ast.expr, kind: ast.AST, table: Mapping[str, Callable[..., Any]], *operands: Term) -> Term:
    symbol = _SYMBOLS.get(type(kind), type(kind).__name__)
    if symbol not in table:
        raise ExpressionError(f"of operators there are only {' '.join(table)}", _column(node))
    return Apply(symbol, table[symbol], operands)


def _constant(node: ast.Constant) -> Term:
    if not isinstance(node.value, (int, float, str)):
        raise ExpressionError(f"{node.value!r} has no place here", _column(node))
    return Literal(node.value)


def _compare(node: ast.Compare) -> Term:
    sides = _all([node.left, *node.comparators])
    links = zip(sides, node.ops, sides[1:], strict=False)
    terms = tuple(_apply(node, kind, COMPARISONS, left, right) for left, kind, right in links)
    return terms[0] if len(terms) == 1 else Logic("and", terms)


def _call(node: ast.Call) -> Term:
    name = ast.unparse(node.func)
    if name not in FUNCTIONS:
        raise ExpressionError(f"there is no function {name}", _column(node))
    if node.keywords:
        raise ExpressionError(f"{name} takes no keywords", _column(node))
    return Apply(name, FUNCTIONS[name], _all(node.args))


def _tuple(node: ast.Tuple | ast.List) -> Term:
    return Apply("()", lambda *items: items, _all(node.elts))


_TRANSLATIONS: Mapping[type[ast.AST], Callable[[Any], Term]] = {
    ast.Constant: _constant,
    ast.Name: lambda node: Name(node.id),
    ast.BinOp: lambda node: _apply(node, node.op, ARITHMETIC, *_all([node.left, node.right])),
    ast.UnaryOp: lambda node: _apply(node, node.op, NEGATION, _translate(node.operand)),
    ast.BoolOp: lambda node: Logic(_SYMBOLS[type(node.op)], _all(node.values)),
    ast.Subscript: lambda node: Apply("[]", lambda items, at: items[at], _all([node.value, node.slice])),
    ast.Compare: _compare,
    ast.Call: _call,
    ast.Tuple: _tuple,
    ast.List: _tuple,
}
