"""Signatures as they are written: what a call takes and gives, axis by axis.

>>> linear = parse_signature("weight[out in], bias?[out], input[... in] -> [... out]")
>>> [operand.name for operand in linear.forms[0].operands]
['weight', 'bias', 'input']

An operand is a name and its dimensions in brackets; commas separate operands, results follow `->`.
Operands are matched in the order written, so the one that sets an expectation comes first.

    x[b c h w]      a name stands for one size, the same wherever it is written
    x[b 3 _]        a number is that size, `_` is any size
    x[b (h d)]      a group is the product of its axes, one of which may be unknown
    x[b {c//2}]     an expression over axes, arguments and operands (see `core.expressions`);
                    one that is a tuple stands for several dimensions: input[... {normalized_shape}]
    x[... c]        `...` is any number of dimensions, the same in every operand
    x[*... c]       `*...` likewise, but sizes need only broadcast; where an operand of the same
                    signature has `...`, they must broadcast to it
    x[b _...]       `_...` likewise, whatever it is elsewhere
    x[1|c]          the size c, or 1
    x[b? c h w]     an axis that may be absent, then from every operand and result
    bias?[c]        an operand that may be absent
    mask~[... s t]  an operand that must broadcast to these dimensions; leading ones may be missing
    tensors*[...]   a list of tensors, each like this: its operands are tensors[0], tensors[1] and so on

Several marks stand in the order `?*~`: attn_mask?~[... s t].

Several texts are alternatives, tried in order: `parse_signature("x[k], y[k] -> []", "x[n k], y[k] -> [n]")`.
What is wrong is said where it stands:

>>> parse_signature("x[b c -> [b]")
Traceback (most recent call last):
    ...
shapedoc.core.notation.NotationError: column 7: there is no ] before ->
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from shapedoc.core.expressions import ExpressionError, parse
from shapedoc.core.signature import (
    AnyRest,
    BroadcastRest,
    Computed,
    Dim,
    Dims,
    Fixed,
    Form,
    Free,
    FreeRest,
    Group,
    Named,
    OneOr,
    Operand,
    Rest,
    Signature,
    axes_of,
    without,
)
from shapedoc.core.syntax import TextError

T = TypeVar("T")


class NotationError(TextError):
    """Text that is no signature."""


def parse_signature(*texts: str) -> Signature:
    """Parse a signature, or the alternatives of one."""
    return Signature(texts, tuple(form for text in texts for form in _Parser(text).forms()))


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    column: int


_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<name>[A-Za-z]\w*)|(?P<number>\d+)|(?P<rest>[*_]?\.\.\.)|(?P<expression>\{[^{}]*\})"
    r"|(?P<symbol>->|[][(),?*~|_])"
)


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotationError(f"{text[at]} means nothing here", at + 1)
        if found.lastgroup != "space":
            yield _Token(str(found.lastgroup), found.group(), at + 1)
        at = found.end()
    yield _Token("end", "the end", len(text) + 1)


class _Parser:
    """Recursive descent over the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.optional: set[str] = set()

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def take(self, kind: str) -> _Token:
        if self.next.kind != kind:
            raise NotationError(f"a {kind} belongs here, not {self.next.text}", self.next.column)
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, text: str) -> bool:
        accepted = self.next.text == text
        self.at += accepted
        return accepted

    def require(self, text: str) -> None:
        if not self.accept(text):
            raise NotationError(f"there is no {text} before {self.next.text}", self.next.column)

    def separated(self, item: Callable[[], T]) -> tuple[T, ...]:
        items = [item()]
        while self.accept(","):
            items.append(item())
        return tuple(items)

    def forms(self) -> Iterator[Form]:
        operands = self.separated(self.operand)
        results = self.results(operands) if self.accept("->") else None
        if self.next.kind != "end":
            raise NotationError(f"{self.next.text} means nothing here", self.next.column)
        for count in range(len(self.optional) + 1):
            for absent in itertools.combinations(sorted(self.optional), count):
                yield without(Form(operands, results), frozenset(absent))

    def operand(self) -> Operand:
        name = self.take("name")
        marks = "".join(mark for mark in "?*~" if self.accept(mark))
        return Operand(name.text, self.dims(), marks)

    def results(self, operands: tuple[Operand, ...]) -> tuple[Dims, ...]:
        start = self.at
        results = self.separated(self.dims)
        if any(isinstance(dim, (Free, FreeRest, OneOr)) for dims in results for dim in dims):
            raise NotationError("a result has definite sizes", self.tokens[start].column)
        bound = {axis for operand in operands for axis in axes_of(operand.dims)}
        for token in self.tokens[start : self.at]:
            if token.kind == "name" and token.text not in bound:
                raise NotationError(f"no operand has an axis {token.text}", token.column)
        return results

    def dims(self) -> Dims:
        self.require("[")
        dims: list[Dim] = []
        while not self.accept("]"):
            if self.next.kind == "rest" and any(isinstance(dim, AnyRest) for dim in dims):
                raise NotationError("... may stand once between brackets", self.next.column)
            dims.append(self.dim())
        return tuple(dims)

    def dim(self) -> Dim:
        read = _READERS.get(self.next.kind) or _READERS.get(self.next.text)
        if read is None:
            raise NotationError(f"there is no ] before {self.next.text}", self.next.column)
        return read(self)

    def named(self) -> Named:
        axis = Named(self.take("name").text)
        if self.accept("?"):
            self.optional.add(axis.name)
        return axis

    def number(self) -> Fixed | OneOr:
        number = self.take("number")
        if not self.accept("|"):
            return Fixed(int(number.text))
        dim = self.dim()
        if number.text != "1" or isinstance(dim, (Free, OneOr, AnyRest)):
            raise NotationError("| stands between 1 and a size", number.column)
        return OneOr(dim)

    def rest(self) -> AnyRest:
        return _RESTS[self.take("rest").text]

    def group(self) -> Group:
        self.require("(")
        factors: list[Named | Fixed] = []
        while not self.accept(")"):
            number = self.next.kind == "number"
            factors.append(Fixed(int(self.take("number").text)) if number else Named(self.take("name").text))
        return Group(tuple(factors))

    def computed(self) -> Computed:
        token = self.take("expression")
        try:
            return Computed(parse(token.text[1:-1]))
        except ExpressionError as error:
            raise NotationError(error.message, token.column + error.column) from None

    def free(self) -> Free:
        self.require("_")
        return Free()


_RESTS: Mapping[str, AnyRest] = {"...": Rest(), "*...": BroadcastRest(), "_...": FreeRest()}
_READERS: Mapping[str, Callable[[_Parser], Dim]] = {
    "name": _Parser.named,
    "number": _Parser.number,
    "rest": _Parser.rest,
    "expression": _Parser.computed,
    "(": _Parser.group,
    "_": _Parser.free,
}
