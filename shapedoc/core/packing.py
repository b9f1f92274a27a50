"""einops' pack and unpack: several tensors that differ in the dimensions `*` stands for.

>>> packing = parse_packing("batch * channels")
>>> pack_shape(packing, [(2, 3, 5), (2, 7, 9, 5)])
(2, 66, 5)
>>> from shapedoc.core.mismatch import explain
>>> explain(pack_shape(packing, [(2, 3, 5), (2, 7, 9, 6)]))
'tensors[1] has 6 in its last dimension, tensors[0] has channels=5'
>>> unpack_shapes(packing, (2, 66, 5), [(3,), (7, -1)])
[(2, 3, 5), (2, 7, 9, 5)]

The rules are those of einops 0.8 (einops/packing.py).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from shapedoc.core.matching import match
from shapedoc.core.mismatch import Fault, Mismatch, Shape
from shapedoc.core.patterns import PatternError, is_axis_name
from shapedoc.core.signature import Form, FreeRest, Named, Operand, Signature

_STAR = "*"


@dataclass(frozen=True, slots=True)
class Packing:
    """The axes before and after `*`."""

    text: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def signature(self) -> Signature:
        """What all tensors to be packed have in common."""
        before, after = ([Named(axis) for axis in axes] for axes in (self.before, self.after))
        tensors = Operand("tensors", (*before, FreeRest(), *after), "*")
        return Signature((self.text,), (Form((tensors,)),))


def parse_packing(text: str) -> Packing:
    """Parse the pattern of pack or unpack."""
    axes = text.split()
    for axis in axes:
        column = text.index(axis) + 1
        if axis != _STAR and not is_axis_name(axis):
            raise PatternError(f"{axis} is no name of an axis", column)
        if axes.count(axis) > 1:
            raise PatternError(f"{axis} stands twice", text.index(axis, column) + 1)
    if _STAR not in axes:
        raise PatternError("a * is missing", len(text) + 1)
    star = axes.index(_STAR)
    return Packing(text, tuple(axes[:star]), tuple(axes[star + 1 :]))


def pack_shape(packing: Packing, shapes: Sequence[Shape]) -> Shape | Mismatch:
    """The shape of the packed tensor."""
    bound = match(packing.signature, {"tensors": shapes})
    if isinstance(bound, Mismatch):
        return bound
    start, after = len(packing.before), len(packing.after)
    ends = [len(shape) - after for shape in shapes]
    inner = sum(math.prod(shape[start:end]) for shape, end in zip(shapes, ends, strict=True))
    return (*shapes[0][:start], inner, *shapes[0][ends[0] :])


def unpack_shapes(packing: Packing, shape: Shape, packed: Sequence[Shape]) -> list[Shape] | Mismatch:
    """The shapes that a packed tensor is taken apart into; one size of one of them may be -1."""
    rank = len(packing.before) + 1 + len(packing.after)
    here = Mismatch(Fault.RANK, "tensor", None, _STAR, (rank,), len(shape), shapes=(("tensor", shape),))
    if len(shape) != rank:
        return here
    star = len(packing.before)
    inner = _filled(replace(here, dim=star, found=shape[star]), packed)
    if isinstance(inner, Mismatch):
        return inner
    return [(*shape[:star], *sizes, *shape[star + 1 :]) for sizes in inner]


def _filled(here: Mismatch, packed: Sequence[Shape]) -> Sequence[Shape] | Mismatch:
    """The packed shapes with -1 replaced, if they make up the dimension."""
    size = here.found or 0
    unknown = [at for at, sizes in enumerate(packed) if -1 in sizes]
    total = sum(math.prod(sizes) for sizes in packed if -1 not in sizes)
    if not unknown:
        return packed if total == size else replace(here, fault=Fault.SIZE, expected=(total,))
    if len(unknown) > 1 or packed[unknown[0]].count(-1) > 1:
        return replace(here, fault=Fault.AMBIGUOUS, axis="-1", expected=(), found=None)
    [at] = unknown
    known = math.prod(one for one in packed[at] if one != -1)
    if size < total or not known or (size - total) % known:
        return replace(here, fault=Fault.SIZE, expected=(total,), expression=f"{list(packed)}")
    found = tuple((size - total) // known if one == -1 else one for one in packed[at])
    return [*packed[:at], found, *packed[at + 1 :]]
