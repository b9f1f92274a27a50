"""What a signature is made of: dimensions, operands, and the forms a call may take.

>>> str(Group((Named("h"), Named("d"))))
'(h d)'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from shapedoc.core.expressions import Expression


@dataclass(frozen=True, slots=True)
class Named:
    """An axis with a name, and the same size wherever that is written."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Fixed:
    """A given size. `source` is the expression that gave it, if one did."""

    size: int
    source: str = ""

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Free:
    """Any size."""

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Group:
    """A product of axes, outermost first."""

    factors: tuple[Named | Fixed, ...]

    def __str__(self) -> str:
        return f"({' '.join(str(factor) or '_' for factor in self.factors)})"


@dataclass(frozen=True, slots=True)
class Computed:
    """A size, or several, given by an expression."""

    expression: Expression

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class OneOr:
    """A dimension that may be 1 instead."""

    dim: Named | Fixed | Group | Computed

    def __str__(self) -> str:
        return str(self.dim)


@dataclass(frozen=True, slots=True)
class Rest:
    """`...`: any number of dimensions, the same everywhere."""

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class BroadcastRest:
    """`*...`: any number of dimensions that broadcast with one another."""

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class FreeRest:
    """`_...`: any number of dimensions, whatever they are elsewhere."""

    def __str__(self) -> str:
        return ""


AnyRest: TypeAlias = Rest | BroadcastRest | FreeRest
Dim: TypeAlias = Named | Fixed | Free | Group | Computed | OneOr | AnyRest
Dims: TypeAlias = tuple[Dim, ...]


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor argument. `marks`: `?` optional, `*` a list of tensors, `~` broadcast to these dimensions."""

    name: str
    dims: Dims
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """One way to make the call. `results` is None where the signature gives none."""

    operands: tuple[Operand, ...]
    results: tuple[Dims, ...] | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """All forms of a call, in the order they are tried."""

    texts: tuple[str, ...]
    forms: tuple[Form, ...]


def axes_of(dims: Dims) -> Iterator[str]:
    """Names of the axes written in these dimensions, those inside expressions apart.

    >>> [*axes_of((Named("b"), Group((Named("h"), Named("d"))), OneOr(Named("c"))))]
    ['b', 'h', 'd', 'c']
    """
    for dim in dims:
        if isinstance(dim, Named):
            yield dim.name
        elif isinstance(dim, Group):
            yield from axes_of(dim.factors)
        elif isinstance(dim, OneOr):
            yield from axes_of((dim.dim,))


def without(form: Form, absent: frozenset[str]) -> Form:
    """The form in which some optional axes are not there."""

    def kept(dims: Dims) -> Dims:
        return tuple(dim for dim in dims if absent.isdisjoint(axes_of((dim,))))

    operands = tuple(replace(operand, dims=kept(operand.dims)) for operand in form.operands)
    return Form(operands, form.results and tuple(kept(dims) for dims in form.results))
