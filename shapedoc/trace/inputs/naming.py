"""Names for the axes of inputs that were given by size alone, where the model tells what they are.

`-i 2,3,224,224` says no more than four numbers; that they are a batch of images is known from the layer
they meet, or from the parameter's name.

>>> from shapedoc.core.specs import parse_spec
>>> plan = Plan((Item("input", parse_spec("2,3,8,8"), "given"),))
>>> sorted(with_names(plan, nn.Sequential(nn.Conv2d(3, 4, 1))).axes())
['b', 'c', 'h', 'w']
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from torch import nn

from shapedoc.core.report import Size
from shapedoc.core.specs import InputSpec
from shapedoc.trace.inputs import signature
from shapedoc.trace.inputs.inference.hints import Hint, with_channels
from shapedoc.trace.inputs.inference.infer import hints
from shapedoc.trace.inputs.inference.names import is_guessed
from shapedoc.trace.inputs.plan import Item, Plan
from shapedoc.trace.inputs.trees import as_specs

Sizes = tuple[int, ...]
TOKENS = ["b", "t"]


def with_names(plan: Plan, model: nn.Module) -> Plan:
    """The plan with names for axes that have none, as far as rank and fixed sizes agree with the model."""
    items = [replace(item, tree=as_specs(item.name, item.tree)) for item in plan.items]
    unnamed = {item.name for item in items if not _is_named(item)}
    parameters = [parameter for parameter in signature.parameters(model) if parameter.name in unnamed]
    known = hints(model, parameters) if parameters else {}
    named = (_named(item, known[item.name]) if item.name in known else item for item in items)
    return _with_batch(_with_tokens(replace(plan, items=tuple(named))))


def _is_named(item: Item) -> bool:
    return not isinstance(item.tree, InputSpec) or any(dim.name for dim in item.tree.dims)


def _named(item: Item, hint: Hint) -> Item:
    given: InputSpec = item.tree
    pairs = list(zip(given.dims, hint.dims, strict=False))
    fits = len(given.dims) == len(hint.dims) and all(one.size in (0, dim.size) for dim, one in pairs)
    if not fits or (hint.dtype or "").startswith("int") and given.dtype is None:
        return item
    names = with_channels([one.name for one in hint.dims], [dim.size for dim in given.dims])
    dims = tuple(Size(dim.size, name) for dim, name in zip(given.dims, names, strict=True))
    return replace(item, tree=replace(given, dims=dims), guessed=is_guessed(item.name))


def _with_tokens(plan: Plan) -> Plan:
    """Axes with the sizes of another input's samples and positions are these, as those of targets are."""
    specs = [item.tree.dims for item in plan.items if isinstance(item.tree, InputSpec)]
    known = [dims[:2] for dims in specs if [dim.name for dim in dims[:2]] == TOKENS]
    apart: dict[Sizes, tuple[Size, Size]] = {
        (b.size, t.size): (b, t) for b, t in known if b.size != t.size and 1 not in (b.size, t.size)
    }
    return replace(plan, items=tuple(_like_tokens(item, apart) for item in plan.items))


def _like_tokens(item: Item, known: Mapping[Sizes, tuple[Size, Size]]) -> Item:
    spec = item.tree
    if not isinstance(spec, InputSpec) or _is_named(item):
        return item
    names = known.get(tuple(dim.size for dim in spec.dims[:2]), ())
    dims = (*names, *spec.dims[len(names) :])
    return replace(item, tree=replace(spec, dims=dims), guessed=is_guessed(item.name)) if names else item


def _with_batch(plan: Plan) -> Plan:
    """The first axis of all inputs is the batch, where it is what all have in common, and all they have.

    It is what the name of one of them says where that is something else, as with the nodes of an `adj`.
    Tensors in one list are no batch each: images of one list have their channels in common.
    """
    alone = [item.tree for item in plan.items if isinstance(item.tree, InputSpec) and item.tree.dims]
    shapes = [[dim.size for dim in spec.dims] for spec in alone]
    common = [len(set(sizes)) == 1 for sizes in zip(*shapes, strict=False)]
    if len(shapes) < 2 or common != [True] + [False] * (len(common) - 1):
        return plan
    others = {spec.dims[0].name for spec in alone} - {"", "b"}
    name = others.pop() if len(others) == 1 else "b"
    items = (
        replace(i, tree=_first(i.tree, name)) if isinstance(i.tree, InputSpec) else i for i in plan.items
    )
    return replace(plan, items=tuple(items))


def _first(spec: InputSpec, name: str) -> InputSpec:
    if not spec.dims or spec.dims[0].name:
        return spec
    return replace(spec, dims=(Size(spec.dims[0].size, name), *spec.dims[1:]))
