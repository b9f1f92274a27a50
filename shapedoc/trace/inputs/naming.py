"""Names for the axes of inputs that were given by size alone, where the model tells what they are.

`-i 2,3,224,224` says no more than four numbers; that they are a batch of images is known from the layer
they meet, or from the parameter's name.

>>> from shapedoc.core.specs import parse_spec
>>> plan = Plan((Item("input", parse_spec("2,3,8,8"), "given"),))
>>> sorted(with_names(plan, nn.Sequential(nn.Conv2d(3, 4, 1))).axes())
['b', 'c', 'h', 'w']
"""

from __future__ import annotations

from dataclasses import replace

from torch import nn

from shapedoc.core.report import Size
from shapedoc.core.specs import InputSpec
from shapedoc.trace.inputs import signature
from shapedoc.trace.inputs.inference.infer import hints
from shapedoc.trace.inputs.plan import Item, Plan


def with_names(plan: Plan, model: nn.Module) -> Plan:
    """The plan with names for axes that have none, as far as rank and fixed sizes agree with the model."""
    unnamed = {item.name for item in plan.items if not _is_named(item)}
    parameters = [parameter for parameter in signature.parameters(model) if parameter.name in unnamed]
    known = hints(model, parameters) if parameters else {}
    items = tuple(_named(item, known[item.name].dims) if item.name in known else item for item in plan.items)
    return replace(plan, items=items)


def _is_named(item: Item) -> bool:
    return not isinstance(item.tree, InputSpec) or any(dim.name for dim in item.tree.dims)


def _named(item: Item, dims: tuple[Size, ...]) -> Item:
    pairs = list(zip(item.tree.dims, dims, strict=False))
    if len(item.tree.dims) != len(dims) or any(
        hint.size and hint.size != given.size for given, hint in pairs
    ):
        return item
    return replace(
        item, tree=replace(item.tree, dims=tuple(Size(given.size, hint.name) for given, hint in pairs))
    )
