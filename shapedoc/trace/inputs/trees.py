"""Values of parameters: an InputSpec, a tensor, a literal, or a list, tuple or dict of these.

>>> from shapedoc.trace.inputs.making import ordinary
>>> tree = {"image": InputSpec((Size(2, "b"), Size(3)))}
>>> [described.value.name for described in describe("x", tree, build(tree, ordinary, "float32"), "given")]
['x.image']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import torch

from shapedoc.core.report import Input, Size, Value
from shapedoc.core.specs import InputSpec
from shapedoc.trace.inputs.inference.hints import Dims, with_channels
from shapedoc.trace.inputs.inference.names import named
from shapedoc.trace.inputs.making import Make, torch_dtype


@dataclass(frozen=True, slots=True)
class Sample(InputSpec):
    """The spec of a tensor at hand, which is taken as it is while its own sizes are asked for."""

    tensor: torch.Tensor = field(kw_only=True, compare=False)


def build(tree: Any, make: Make, floating: str) -> Any:
    """The tree with a tensor for every spec; those without a dtype are of the floating one."""
    if isinstance(tree, InputSpec):
        shape = tuple(dim.size for dim in tree.dims)
        if isinstance(tree, Sample) and shape == tree.tensor.shape:
            return tree.tensor
        return make(shape, torch_dtype(tree.dtype or floating), tree.low, tree.high)
    return _with_parts(tree, lambda _, part: build(part, make, floating))


def mapped(tree: Any, change: Callable[[InputSpec], InputSpec]) -> Any:
    """The tree with every spec changed."""
    return (
        change(tree)
        if isinstance(tree, InputSpec)
        else _with_parts(tree, lambda _, part: mapped(part, change))
    )


def as_specs(name: str, tree: Any) -> Any:
    """The tree with every ordinary tensor as the sample of a spec."""
    if not isinstance(tree, torch.Tensor):
        return _with_parts(tree, lambda key, part: as_specs(f"{name}.{key}", part))
    if tree.is_nested or tree.layout is not torch.strided:
        return tree
    spec = spec_of(name, tree)
    return Sample(spec.dims, spec.dtype, spec.low, spec.high, tensor=tree)


def leaves(tree: Any) -> Iterator[InputSpec]:
    """The specs in a tree."""
    if isinstance(tree, InputSpec):
        yield tree
    for _, part in _parts(tree):
        yield from leaves(part)


def describe(name: str, tree: Any, value: Any, origin: str) -> Iterator[Input]:
    """What the report says of each tensor; one inside a container cannot be given by `-i`."""
    if isinstance(value, torch.Tensor):
        spec = tree if isinstance(tree, InputSpec) else spec_of(name, value)
        dtype = str(value.dtype).removeprefix("torch.")
        yield Input(Value(name, dtype, spec.dims), origin, "" if "." in name else f"{name}={spec_text(spec)}")
    for (key, part), (_, made) in zip(_parts(tree), _parts(value), strict=False):
        yield from describe(f"{name}.{key}", part, made, origin)


def resized(spec: InputSpec, size: Callable[[Size], int]) -> InputSpec:
    """The spec with the size that `size` gives for each of its dimensions."""
    return replace(spec, dims=tuple(replace(dim, size=size(dim)) for dim in spec.dims))


def spec_of(name: str, value: torch.Tensor) -> InputSpec:
    """A spec for a tensor that the user's own code made, with the axes that its name speaks of."""
    dims = _spoken_of(name, tuple(map(Size, value.shape)))
    names = [dim.name for dim in dims] if len(dims) == value.dim() else [""] * value.dim()
    names = with_channels(names, value.shape)
    sizes = tuple(Size(size, axis) for size, axis in zip(value.shape, names, strict=True))
    if value.is_floating_point() or value.is_complex():
        return InputSpec(sizes)
    countable = not value.is_meta and value.numel() and value.dtype is not torch.bool
    high = int(value.max()) + 1 if countable else None
    return InputSpec(sizes, str(value.dtype).removeprefix("torch."), None if high is None else 0, high)


def _spoken_of(name: str, like: Dims) -> Dims:
    """The axes in a name; what stands in a list is a sample each.

    >>> [dim.name for dim in _spoken_of("images.0", (Size(3), Size(32), Size(64)))]
    ['c', 'h', 'w']
    """
    listed = re.search(r"(\.\d+)+$", name)
    if listed is None:
        return named(name.rpartition(".")[2], like).dims
    return named(name[: listed.start()].rpartition(".")[2], (Size(0), *like)).dims[1:]


def spec_text(spec: InputSpec) -> str:
    """What to write after `-i NAME=` for a spec.

    >>> spec_text(InputSpec((Size(2, "b"), Size(5, "t")), "int64", 0, 9))
    'b=2 t=5:int64[0,9)'
    """
    known = all(dim.name for dim in spec.dims)
    dims = " ".join(map(str, spec.dims)) if known else ",".join(str(dim.size) for dim in spec.dims)
    bounds = f"[{spec.low:g},{spec.high:g})" if spec.low is not None and spec.high is not None else ""
    return (dims or "()") + (f":{spec.dtype or ''}{bounds}" if spec.dtype or bounds else "")


def _parts(tree: Any) -> list[tuple[str, Any]]:
    if isinstance(tree, dict):
        return [(str(key), part) for key, part in tree.items()]
    return [(str(index), part) for index, part in enumerate(tree)] if isinstance(tree, list | tuple) else []


def _with_parts(tree: Any, change: Callable[[str, Any], Any]) -> Any:
    """A container of the same kind with every part changed; anything else as it is."""
    if isinstance(tree, dict):
        return {key: change(str(key), part) for key, part in tree.items()}
    if type(tree) in (list, tuple):
        return type(tree)(change(str(index), part) for index, part in enumerate(tree))
    if isinstance(tree, tuple):  # a named one
        return type(tree)(*(change(str(index), part) for index, part in enumerate(tree)))
    return tree
