"""Layers and helpers of libraries that are not installed: the same parameters, attributes and calls.

One module for each library, loaded when the library is imported; `stands_for` puts what it defines in place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from torch import nn

from shapedoc.core.mismatch import Mismatch
from shapedoc.trace.faults import Refused, contract_of_layer

T = TypeVar("T")

# By library and name: versions, and what is made.
REGISTERED: dict[str, dict[str, list[tuple[Any, Any]]]] = {}


def stands_for(*names: str, versions: str = "") -> Callable[[T], T]:
    """Serve a class or function under these full names, in a range of versions."""
    from packaging.specifiers import SpecifierSet

    def register(made: T) -> T:
        made.stands_for = names[0]  # type: ignore[attr-defined]
        for name in names:
            library = REGISTERED.setdefault(name.partition(".")[0], {})
            library.setdefault(name, []).append((SpecifierSet(versions), made))
        return made

    return register


def expect(layer: nn.Module, *args: Any) -> None:
    """Raise `Refused` where the contract of a layer forbids these arguments."""
    contract = contract_of_layer(type(layer))
    outcome = contract.check((layer, *args), {}) if contract else None
    if isinstance(outcome, Mismatch):
        raise Refused(outcome)
