"""What a model is fed, before any tensor is made: specs, values and literals by parameter.

>>> from shapedoc.core.specs import parse_spec
>>> from shapedoc.trace.inputs.making import ordinary
>>> plan = Plan((Item("x", parse_spec("b=2 d=8"), "given"),))
>>> inputs = plan.make(ordinary)
>>> inputs.args[0].shape, str(inputs.described[0].value)
(torch.Size([2, 8]), 'x[b=2 d=8]')
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from shapedoc.core.report import Input
from shapedoc.core.specs import InputSpec
from shapedoc.trace.inputs.inference.hints import canonical
from shapedoc.trace.inputs.making import InputError, Make
from shapedoc.trace.inputs.trees import build, describe, leaves, mapped, resized

if TYPE_CHECKING:
    from shapedoc.trace.inputs.fitting.trials import Trial


@dataclass(frozen=True)
class ModelInputs:
    """What to call the model with. `described` has one entry for each tensor, in the order of the call."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    described: tuple[Input, ...]


@dataclass(frozen=True)
class Item:
    """The value of one parameter: an InputSpec, a tensor, a literal, or a list, tuple or dict of these.

    Where `guessed`, neither the user nor the parameter's name says what its axes count.
    """

    name: str
    tree: Any
    origin: str
    positional: bool = True
    guessed: bool = False


@dataclass(frozen=True)
class Plan:
    """All items of a call.

    `free` are the axes, by their canonical names, that an inferred plan may still change; each with
    the number that its size must be a multiple of.
    """

    items: tuple[Item, ...]
    dtype: str = "float32"
    inferred: bool = False
    free: Mapping[str, int] = field(default_factory=dict)
    trials: tuple[Trial, ...] = field(default=(), compare=False)

    def make(self, make: Make) -> ModelInputs:
        """The inputs, every tensor made by `make(shape, dtype, low, high)`."""
        items = sorted(self.items, key=lambda item: not item.positional)
        values = {item.name: build(item.tree, make, self.dtype) for item in items}
        described = [d for i in items for d in describe(i.name, i.tree, values[i.name], self._origin(i))]
        args = tuple(values[item.name] for item in items if item.positional)
        return ModelInputs(
            args, {i.name: values[i.name] for i in items if not i.positional}, tuple(described)
        )

    def _origin(self, item: Item) -> str:
        """Where an item comes from, and which of its axes are no longer what they were inferred to be."""
        if not self.trials:
            return item.origin
        before = self.trials[0].plan.axes()
        dims = [dim for spec in leaves(item.tree) for dim in spec.dims if dim.name]
        changed = dict.fromkeys(str(dim) for dim in dims if before.get(dim.name) != dim.size)
        return f"{item.origin}; {' '.join(changed)} fitted to the model" if changed else item.origin

    def axes(self) -> dict[str, int]:
        """Every named axis and its size."""
        return {dim.name: dim.size for spec in self.specs() for dim in spec.dims if dim.name}

    def specs(self) -> Iterator[InputSpec]:
        for item in self.items:
            yield from leaves(item.tree)

    def at(self, sizes: Mapping[str, int]) -> Plan:
        """The plan with named axes at other sizes, wherever they stand; tensors at hand are made anew."""
        asked = {canonical(name): size for name, size in sizes.items()}
        unknown = [name for name in sizes if canonical(name) not in map(canonical, self.axes())]
        if unknown:
            known = ", ".join(f"{name}={size}" for name, size in self.axes().items()) or "none is named"
            raise InputError(f"no input has an axis {unknown[0]!r} (the axes: {known})")
        return self.mapped(lambda spec: resized(spec, lambda dim: asked.get(canonical(dim.name), dim.size)))

    def mapped(self, change: Callable[[InputSpec], InputSpec]) -> Plan:
        """The plan with every spec changed."""
        return replace(
            self, items=tuple(replace(item, tree=mapped(item.tree, change)) for item in self.items)
        )
