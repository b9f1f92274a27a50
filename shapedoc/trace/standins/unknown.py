"""What is imported, not installed, and not known: it may be named and constructed, not called with tensors.

>>> import torch
>>> scan = unknown_class("selective_scan_cuda.fwd")
>>> scan(torch.ones(2, 8, 16), torch.ones(2, 8, 16), True)
Traceback (most recent call last):
    ...
shapedoc.trace.standins.unknown.NoContract: selective_scan_cuda.fwd is not installed and has no contract.
In shapedoc.yaml it would read, with names and results put right:
contracts:
  - op: selective_scan_cuda.fwd
    parameters: a, b, c
    signature: "a[n2 n8 n16], b[n2 n8 n16] -> [n2 n8 n16]"
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Any

import torch
from torch import nn

from shapedoc.trace.remembered import tensors_in


class NoContract(NotImplementedError):
    """A call of which nothing is known; the message is the contract to write."""


class _Names(type(nn.Module)):  # type: ignore[misc]
    """The type of unknown classes: whatever is asked of one is unknown too."""

    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown_class(f"{cls.__module__}.{cls.__qualname__}.{name}")


class Unknown(nn.Module, metaclass=_Names):
    """A class or function of which only the name is known."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _refuse(type(self), args, kwargs)
        super().__init__()

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What a decorator of unknown effect does to what it is given: nothing."""
        _refuse(type(self), args, kwargs)
        return args[0] if len(args) == 1 and callable(args[0]) else None


class UnknownModule(ModuleType):
    """A module of which only the name is known."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown_class(f"{self.__name__}.{name}")


@cache
def unknown_class(name: str) -> type[Unknown]:
    """The class of a full name; there is one for each."""
    module, _, last = name.rpartition(".")
    return _Names(last, (Unknown,), {"__module__": module})


def _refuse(kind: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    if next(tensors_in((args, kwargs)), None) is not None:
        raise NoContract(contract_to_write(f"{kind.__module__}.{kind.__qualname__}", args, kwargs))


def contract_to_write(op: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The entry that a call of an unknown operation needs, as far as the call tells."""
    named = [*zip(_letters(), args, strict=False), *kwargs.items()]
    tensors = [(name, value) for name, value in named if isinstance(value, torch.Tensor)]
    operands = ", ".join(f"{name}{_axes(value)}" for name, value in tensors)
    result = _axes(tensors[0][1]) if tensors else "[]"
    return f"""{op} is not installed and has no contract.
In shapedoc.yaml it would read, with names and results put right:
contracts:
  - op: {op}
    parameters: {", ".join(name for name, _ in named)}
    signature: "{operands} -> {result}\""""


def _axes(tensor: torch.Tensor) -> str:
    """Axes named after their sizes, so that equal sizes are one axis until told apart."""
    return f"[{' '.join(f'n{size}' for size in tensor.shape)}]"


def _letters() -> Iterator[str]:
    yield from string.ascii_lowercase
