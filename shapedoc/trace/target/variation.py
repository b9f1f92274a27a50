"""The same target with one number of its call changed.

>>> from shapedoc.trace.target import load, parse_target
>>> loaded = load(parse_target("torch.nn:Linear(3, 4)"))
>>> [(each.name, each.value, each.at(7).build()) for each in variations(loaded)][1]
('out_features', 4, Linear(in_features=3, out_features=7, bias=True))
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from shapedoc.trace.target import Call, Loaded
from shapedoc.trace.target.models import lookup


@dataclass(frozen=True)
class Variation:
    """A number that the target's call gives or has by default; `at` gives the target with another one."""

    name: str
    value: int
    at: Callable[[int], Loaded]


def variations(loaded: Loaded) -> Iterator[Variation]:
    """The numbers of a target's call, those of the calls among its arguments included."""
    call = loaded.call if isinstance(loaded.call, Call) else Call(loaded.call.name)
    for name, value, changed in _numbers(loaded, call):
        yield Variation(name, value, _changing(loaded, changed))


Changed = Callable[[int], Call]


def _changing(loaded: Loaded, changed: Changed) -> Callable[[int], Loaded]:
    return lambda value: replace(loaded, call=changed(value))


def _numbers(loaded: Loaded, call: Call) -> Iterator[tuple[str, int, Changed]]:
    arguments = _arguments(loaded, call)
    for name, value in arguments.items():
        here = partial(_replaced, call.name, arguments, name)
        if type(value) is int:
            yield name, value, here
        elif isinstance(value, Call):
            for inner, number, changed in _numbers(loaded, value):
                yield inner, number, _joined(here, changed)


def _arguments(loaded: Loaded, call: Call) -> dict[str, Any]:
    """What a call gives, and what it has by default."""
    function = lookup(loaded.spec, loaded.module, call.name)
    try:
        bound = inspect.signature(function).bind(*call.args, **dict(call.kwargs))
    except (TypeError, ValueError):
        return {}
    if any(name in bound.arguments for name in _spread(bound.signature)):
        return {}
    bound.apply_defaults()
    return {name: value for name, value in bound.arguments.items() if name not in _spread(bound.signature)}


def _spread(signature: inspect.Signature) -> list[str]:
    """`*args` and `**kwargs`."""
    kinds = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [name for name, parameter in signature.parameters.items() if parameter.kind in kinds]


def _replaced(name: str, arguments: dict[str, Any], argument: str, value: Any) -> Call:
    """A call with one argument changed; all are given by name but those that cannot be."""
    return Call(name, kwargs=tuple((arguments | {argument: value}).items()))


def _joined(outer: Callable[[Call], Call], inner: Changed) -> Changed:
    return lambda value: outer(inner(value))
