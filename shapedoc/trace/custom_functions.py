"""Calls of custom `autograd.Function`s, as a model makes them.

>>> class Double(Function):
...     @staticmethod
...     def forward(ctx, x): return 2 * x
>>> calls = []
>>> with noted(calls):
...     _ = Double.apply(torch.ones(3))
>>> [(call.kind.__name__, call.names, call.wanted) for call in calls]
[('Double', ('x',), frozenset({'x'}))]
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import wraps
from typing import Any
from unittest import mock

import torch
from torch.autograd import Function

from shapedoc.trace.shapes import is_data, meta_like

MOST = 4  # calls of one function that are kept apart, each with other shapes or values


@dataclass(frozen=True)
class Applied:
    """One call of a function: its inputs, by the names of its forward's parameters."""

    kind: type[Function]
    names: tuple[str, ...]
    inputs: tuple[Any, ...]
    wanted: frozenset[str] = frozenset()  # inputs that want a gradient

    def without(self, name: str) -> Applied:
        """The call with None for one input."""
        given = zip(self.names, self.inputs, strict=True)
        inputs = tuple(None if known == name else value for known, value in given)
        return replace(self, inputs=inputs, wanted=self.wanted - {name})

    @property
    def signature(self) -> tuple[Any, ...]:
        """What tells one call from another."""
        return (self.kind, *(_sketch(value) for value in self.inputs))


@contextmanager
def noted(calls: list[Applied]) -> Iterator[None]:
    """The calls of all custom functions go into a list; `apply` looks for `forward` when it is called."""
    with ExitStack() as stack:
        for kind in set(_subclasses(Function)):
            if isinstance(forward := kind.__dict__.get("forward"), staticmethod):
                noted = staticmethod(_noting(kind, forward.__func__, calls))
                stack.enter_context(mock.patch.object(kind, "forward", noted))
        yield


def _noting(kind: type[Function], forward: Callable[..., Any], calls: list[Applied]) -> Callable[..., Any]:
    split = kind.setup_context is not Function.setup_context  # then its forward is given no ctx
    names = tuple(inspect.signature(forward).parameters)[0 if split else 1 :]

    @wraps(forward)
    def noting(*args: Any) -> Any:
        inputs = args if split else args[1:]
        spread = (*names[: len(inputs)], *(f"input {at}" for at in range(len(names), len(inputs))))
        wanted = frozenset(
            name for name, value in zip(spread, inputs, strict=True) if _is_differentiable(value)
        )
        calls.append(Applied(kind, spread, tuple(map(_weightless, inputs)), wanted))
        return forward(*args)

    return noting


def _subclasses(kind: type[Any]) -> Iterator[type[Any]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)


def _weightless(value: Any) -> Any:
    with torch._C.DisableTorchFunction():
        if isinstance(value, torch.Tensor) and value.is_floating_point() and is_data(value):
            return meta_like(value.detach())
    return value


def _is_differentiable(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.is_floating_point()


def distinct(calls: list[Applied]) -> Iterator[Applied]:
    """Calls that could have gradients, without those that repeat another."""
    seen: dict[Any, set[Any]] = {}
    for call in calls:
        known = seen.setdefault(call.kind, set())
        if call.signature not in known and len(known) < MOST and call.wanted:
            known.add(call.signature)
            yield call


def _sketch(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return tuple(value.shape), value.dtype
    return value if isinstance(value, (int, float, str, type(None))) else type(value)
