"""Values that somebody gave, held against the signature of forward.

>>> class Net(nn.Module):
...     def forward(self, x, mask=None): ...
>>> [(item.name, item.positional) for item in bound(Net(), [1], {"mask": 2}, "given")]
[('x', True), ('mask', False)]
>>> bound(Net(), [], {"y": 2}, "given")
Traceback (most recent call last):
    ...
shapedoc.trace.inputs.making.InputError: given: forward(x, mask=None) takes no 'y'; write -i "x=b=2 t=24 d=64"
"""

from __future__ import annotations

import difflib
import inspect
from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from shapedoc.core.specs import InputSpec
from shapedoc.trace.inputs import signature
from shapedoc.trace.inputs.inference.infer import infer
from shapedoc.trace.inputs.making import InputError
from shapedoc.trace.inputs.plan import Item
from shapedoc.trace.inputs.trees import spec_text


def bound(model: nn.Module, args: Sequence[Any], kwargs: Mapping[str, Any], origin: str) -> tuple[Item, ...]:
    """An item for every value; raises InputError where forward would not take them."""
    forward = signature.signature(model)
    unknown = [name for name in kwargs if name not in forward.parameters and not signature.takes_any(model)]
    if unknown:
        near = difflib.get_close_matches(unknown[0], forward.parameters, n=1)
        hint = f"did you mean {near[0]}?" if near else advice(model)
        raise InputError(f"{origin}: {signature.written(model)} takes no {unknown[0]!r}; {hint}")
    try:
        forward.bind(*args, **kwargs)
    except TypeError as error:
        raise InputError(f"{origin}: {signature.written(model)}: {error}; {advice(model)}") from None
    return tuple(_items(forward, args, kwargs, origin))


def advice(model: nn.Module) -> str:
    """The `-i` options that would do."""
    texts = [
        f'-i "{item.name}={spec_text(item.tree)}"'
        if isinstance(item.tree, InputSpec)
        else f"{item.name} in a YAML file"
        for item in infer(model).items
    ]
    return f"write {' '.join(texts)}"


def _items(
    forward: inspect.Signature, args: Sequence[Any], kwargs: Mapping[str, Any], origin: str
) -> list[Item]:
    named = [p.name for p in forward.parameters.values() if p.kind not in signature.VARIABLE][: len(args)]
    rest = [f"input{index}" for index in range(len(named), len(args))]
    positional = [Item(name, value, origin) for name, value in zip([*named, *rest], args, strict=True)]
    return positional + [Item(name, value, origin, positional=False) for name, value in kwargs.items()]
