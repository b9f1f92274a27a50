"""From hints to specs: every free axis gets a size, the same name the same size throughout.

>>> from shapedoc.trace.inputs.inference.hints import axes
>>> specs, free = completed({"x": Hint(axes("b t d=8")), "mask": Hint(axes("b t"))}, nn.Identity(), {"t": 5})
>>> specs["mask"].dims, sorted(free)
((Size(size=2, name='b'), Size(size=5, name='t')), ['b'])
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from torch import nn

from shapedoc.core.report import Size
from shapedoc.core.specs import InputSpec
from shapedoc.trace.inputs.inference.hints import FLOATING, LAYOUTS, Hint, canonical
from shapedoc.trace.inputs.inference.sizes import free_size, known_sizes, limits

NONE: Mapping[str, int] = {}
INTEGERS = ("int", "uint")


@dataclass(frozen=True)
class Sizes:
    """Sizes of axes by canonical name: asked for, taken by an input, and chosen for the free ones."""

    asked: Mapping[str, int]
    taken: Mapping[str, int]
    free: Mapping[str, int]

    def of(self, dim: Size, parameter: str) -> Size:
        """A dimension of a parameter with its size; two inputs whose features differ do not share a name."""
        name = canonical(dim.name)
        if not dim.size:
            return replace(dim, size=self.free[name])
        if name and name in self.asked:
            return replace(dim, size=self.asked[name])
        if name and self.taken[name] != dim.size:
            return replace(dim, name=f"{dim.name}_{parameter}")
        return dim


def completed(
    hints: Mapping[str, Hint], model: nn.Module, at: Mapping[str, int], settled: Mapping[str, int] = NONE
) -> tuple[dict[str, InputSpec], dict[str, int]]:
    """A spec for each hint, and the axes that nothing pins, each with what its size must be a multiple of.

    `at` is what the user asks for, `settled` the sizes of inputs that there are already.
    """
    hints = {parameter: replace(hint, dims=_named(hint.dims)) for parameter, hint in hints.items()}
    pinned = _pinned(hints)
    asked = by_name(at)
    grain = {canonical(axis): of for hint in hints.values() for axis, of in hint.grain}
    names = dict.fromkeys(canonical(dim.name) for hint in hints.values() for dim in hint.dims if not dim.size)
    free = _chosen(names, known_sizes(model) | pinned | by_name(settled) | asked, grain, limits(model))
    sizes = Sizes(asked, pinned | by_name(settled), free)
    unsure = {canonical(dim.name) for hint in hints.values() if not hint.sure for dim in hint.dims}
    loose = (names.keys() - pinned.keys() | unsure) - asked.keys()
    specs = {parameter: _spec(parameter, hint, sizes) for parameter, hint in hints.items()}
    return specs, {name: grain.get(name, 1) for name in sorted(loose)}


def rounded(size: int, grain: int) -> int:
    """The multiple of `grain` nearest to a size.

    >>> rounded(224, 12), rounded(3, 8)
    (228, 8)
    """
    return max(round(size / grain), 1) * grain


def by_name(sizes: Mapping[str, int]) -> dict[str, int]:
    """Sizes by the canonical names of their axes."""
    return {canonical(name): size for name, size in sizes.items()}


def _chosen(
    names: Iterable[str], known: dict[str, int], grain: Mapping[str, int], bounds: Mapping[str, int]
) -> dict[str, int]:
    """Sizes for the free axes, and all that are known."""
    sizes = dict(known)
    for name in names:
        if name not in sizes:
            size = free_size(name, sizes.values(), bounds.get("t") if name in ("t", "u") else None)
            sizes[name] = rounded(size, grain.get(name, 1))
    return sizes


def _named(dims: tuple[Size, ...]) -> tuple[Size, ...]:
    """A free axis needs a name, to be spoken of: the customary one, where no other has it."""
    taken = {dim.name for dim in dims}
    customary = LAYOUTS.get(len(dims), "").split() or [""] * len(dims)
    names = [name if name and name not in taken else f"d{i}" for i, name in enumerate(customary)]
    return tuple(
        dim if dim.size or dim.name else replace(dim, name=name)
        for dim, name in zip(dims, names, strict=True)
    )


def _pinned(hints: Mapping[str, Hint]) -> dict[str, int]:
    """Sizes that hints give; where two differ, the first."""
    dims = [dim for hint in hints.values() for dim in hint.dims if dim.size and dim.name]
    return by_name({dim.name: dim.size for dim in reversed(dims)})


def _spec(parameter: str, hint: Hint, sizes: Sizes) -> InputSpec:
    dims = tuple(sizes.of(dim, parameter) for dim in hint.dims)
    if not hint.dtype.startswith(INTEGERS):
        return InputSpec(dims, None if hint.dtype in ("", FLOATING) else hint.dtype)
    low = _bound(hint.low, sizes) or 0
    high = _bound(hint.high, sizes)
    return InputSpec(dims, hint.dtype, low, high if high is not None else low + 1 + (low == 0))


def _bound(bound: int | str | None, sizes: Sizes) -> int | None:
    return sizes.free.get(bound) if isinstance(bound, str) else bound
