"""Shapes held against a signature: bindings, or the first mismatch.

>>> from shapedoc.core.mismatch import explain
>>> from shapedoc.core.notation import parse_signature
>>> linear = parse_signature("weight[out in], bias?[out], input[... in] -> [... out]")
>>> match(linear, {"input": (8, 5, 256), "weight": (64, 256)}).sizes
{'out': 64, 'in': 256}
>>> explain(match(linear, {"input": (8, 5, 512), "weight": (64, 256)}))
'input has 512 in its last dimension, weight has in=256'

`names` are the arguments that expressions speak of; an operand's own name is its shape:

>>> layer_norm = parse_signature("input[... {normalized_shape}]")
>>> explain(match(layer_norm, {"input": (2, 3, 4)}, {"normalized_shape": (5,)}))
'input has 4 in its last dimension, it takes 5 (normalized_shape)'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shapedoc.core.broadcasting import Bond, Run, match_runs
from shapedoc.core.expressions import evaluate
from shapedoc.core.mismatch import Bindings, Fault, Mismatch, Mismatched, Position, Shape
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
)

Shapes = Mapping[str, Shape | Sequence[Shape] | None]
_RANKS = (Fault.RANK, Fault.MIN_RANK)


def match(
    signature: Signature, shapes: Shapes, names: Mapping[str, Any] | None = None
) -> Bindings | Mismatch:
    """Bindings by the first form that fits; else the mismatch of the first whose ranks fit.

    `shapes` holds a shape for each operand that is there, or a sequence of them for a list of tensors.
    """
    mismatches: list[Mismatch] = []
    for index, form in enumerate(signature.forms):
        matcher = _Matcher({**(names or {}), **shapes})
        try:
            return matcher.match(form, index, shapes)
        except Mismatched as stopped:
            mismatches.append(replace(stopped.mismatch, shapes=tuple(matcher.shapes.items())))
    return _most_telling(mismatches)


def _most_telling(mismatches: Sequence[Mismatch]) -> Mismatch:
    """The first that is no matter of rank; else the first, with the ranks of all that blame its operand."""
    for mismatch in mismatches:
        if mismatch.fault not in _RANKS:
            return mismatch
    first = mismatches[0]
    alike = [one for one in mismatches if (one.operand, one.fault) == (first.operand, first.fault)]
    ranks = tuple(sorted({rank for one in alike for rank in one.expected}))
    return replace(first, expected=ranks if first.fault is Fault.RANK else ranks[:1])


@dataclass(frozen=True, slots=True)
class _Slot:
    """One dimension of one operand, and what the signature says of it."""

    position: Position
    dim: Dim
    size: int

    def mismatch(self, fault: Fault, expected: int, **details: Any) -> Mismatched:
        operand, dim = self.position.operand, self.position.dim
        return Mismatched(Mismatch(fault, operand, dim, expected=(expected,), found=self.size, **details))


class _Matcher:
    """The sizes of one form as they become known."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = names
        self.sizes: dict[str, int] = {}
        self.bound: dict[str, Position] = {}
        self.shapes: dict[str, Shape] = {}
        self.slots: list[_Slot] = []
        self.runs: list[Run] = []

    def match(self, form: Form, index: int, shapes: Shapes) -> Bindings:
        for operand in form.operands:
            for name, shape in _tensors(operand, shapes.get(operand.name)):
                self.shapes[name] = shape
                self.place(operand, name, shape)
        rest = match_runs(self.runs)
        for kind, check in _CHECKS.items():
            for slot in self.slots:
                if isinstance(slot.dim, kind):
                    check(self, slot, slot.dim)
        self.default_to_one()
        return Bindings(self.sizes, rest, self.names | self.sizes, self.bound, self.labels(), index)

    def place(self, operand: Operand, name: str, shape: Shape) -> None:
        """Give every dimension of one tensor its place in the signature."""
        dims = _dims(operand, shape, self.names)
        rest = next((at for at, dim in enumerate(dims) if isinstance(dim, AnyRest)), None)
        if rest is None:
            _check_rank(operand, name, shape, dims)
        else:
            others = len(dims) - 1
            spare = len(shape) - others
            if spare < 0:
                raise Mismatched(Mismatch(Fault.MIN_RANK, name, expected=(others,), found=len(shape)))
            if not isinstance(dims[rest], FreeRest):
                bond = _bond(operand, dims[rest])
                self.runs.append(Run(name, rest, shape[rest : rest + spare], bond, others))
            dims = (*dims[:rest], *[dims[rest]] * spare, *dims[rest + 1 :])
        for at, (dim, size) in enumerate(zip(dims, shape, strict=True)):
            self.slots.append(_Slot(Position(name, at), dim, size))

    def labels(self) -> dict[str, tuple[str, ...]]:
        labels: dict[str, list[str]] = {name: [] for name in self.shapes}
        for slot in self.slots:
            labels[slot.position.operand].append(str(slot.dim))
        return {name: tuple(operand) for name, operand in labels.items()}

    def fixed(self, slot: _Slot, dim: Fixed) -> None:
        if slot.size != dim.size:
            raise slot.mismatch(Fault.SIZE, dim.size, expression=dim.source)

    def named(self, slot: _Slot, dim: Named) -> None:
        name = dim.name
        if name not in self.sizes:
            self.sizes[name], self.bound[name] = slot.size, slot.position
        elif self.sizes[name] != slot.size:
            raise slot.mismatch(Fault.SIZE, self.sizes[name], axis=name, bound_by=self.bound[name])

    def group(self, slot: _Slot, dim: Group) -> None:
        known = 1
        unknown: list[Named] = []
        for factor in dim.factors:
            if isinstance(factor, Fixed):
                known *= factor.size
            elif factor.name in self.sizes:
                known *= self.sizes[factor.name]
            else:
                unknown.append(factor)
        bound_by = next((self.bound[axis] for axis in axes_of((dim,)) if axis in self.bound), None)
        if not unknown and slot.size != known:
            raise slot.mismatch(Fault.SIZE, known, axis=str(dim), bound_by=bound_by)
        if len(unknown) == 1:
            if slot.size % known:
                raise slot.mismatch(Fault.DIVIDE, known, axis=str(dim), bound_by=bound_by)
            self.named(replace(slot, size=slot.size // known), unknown[0])

    def computed(self, slot: _Slot, dim: Computed) -> None:
        value = evaluate(dim.expression, self.names | self.sizes)
        if isinstance(value, int) and slot.size != value:
            raise slot.mismatch(Fault.SIZE, value, expression=dim.expression.text)

    def one_or(self, slot: _Slot, dim: OneOr) -> None:
        if slot.size != 1:
            _CHECKS[type(dim.dim)](self, slot, dim.dim)

    def default_to_one(self) -> None:
        """What may be 1, and is 1 wherever it is written, is 1."""
        for slot in self.slots:
            if isinstance(slot.dim, OneOr) and isinstance(slot.dim.dim, Named):
                self.sizes.setdefault(slot.dim.dim.name, slot.size)
                self.bound.setdefault(slot.dim.dim.name, slot.position)


_CHECKS: Mapping[type, Callable[[_Matcher, _Slot, Any], None]] = {
    Fixed: _Matcher.fixed,
    Named: _Matcher.named,
    Group: _Matcher.group,
    Computed: _Matcher.computed,
    OneOr: _Matcher.one_or,
}


def _tensors(operand: Operand, given: Any) -> Iterator[tuple[str, Shape]]:
    """The tensors of an operand: none, one, or as many as its list holds."""
    if given is None:
        if "?" not in operand.marks:
            raise Mismatched(Mismatch(Fault.MISSING, operand.name))
    elif "*" in operand.marks:
        yield from ((f"{operand.name}[{at}]", shape) for at, shape in enumerate(given))
    else:
        yield operand.name, given


def _bond(operand: Operand, dim: Dim) -> Bond:
    if "~" in operand.marks:
        return Bond.ONTO
    return Bond.BROADCAST if isinstance(dim, BroadcastRest) else Bond.EQUAL


def _dims(operand: Operand, shape: Shape, names: Mapping[str, Any]) -> Dims:
    dims = tuple(_spliced(operand.dims, names))
    return _stretched(dims, len(shape)) if "~" in operand.marks else dims


def _spliced(dims: Dims, names: Mapping[str, Any]) -> Iterator[Dim]:
    """Dimensions with a tuple-valued expression replaced by its sizes."""
    for dim in dims:
        value = evaluate(dim.expression, names) if isinstance(dim, Computed) else None
        if isinstance(dim, Computed) and isinstance(value, tuple):
            yield from (Fixed(size, dim.expression.text) for size in value)
        else:
            yield dim


def _stretched(dims: Dims, rank: int) -> Dims:
    """Dimensions that a tensor of `rank` must broadcast to."""
    stretched = tuple(_loose(dim) for dim in dims)
    fixed = [dim for dim in stretched if not isinstance(dim, AnyRest)]
    return stretched if rank >= len(fixed) else tuple(fixed[len(fixed) - rank :])


def _loose(dim: Dim) -> Dim:
    if isinstance(dim, (Rest, BroadcastRest)):
        return BroadcastRest()
    return dim if isinstance(dim, (Free, FreeRest, OneOr)) else OneOr(dim)


def _check_rank(operand: Operand, name: str, shape: Shape, dims: Dims) -> None:
    if len(shape) != len(dims):
        expected = tuple(range(len(dims) + 1)) if "~" in operand.marks else (len(dims),)
        raise Mismatched(Mismatch(Fault.RANK, name, expected=expected, found=len(shape)))
