"""One library that is stood in for: what it has in the version that is served."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import Any

from shapedoc.kernels.contracts import Contract
from shapedoc.kernels.facts import Facts
from shapedoc.trace.standins import layers
from shapedoc.trace.standins.functions import Kernel
from shapedoc.trace.standins.versions import Want, having, pinned, wants

MISSING = object()


class Library:
    """The contracts of a library, its layers, and the version that is served: given, installed or chosen."""

    def __init__(self, facts: Facts, contracts: Sequence[Contract], version: str = "") -> None:
        self.name = facts.library
        self.facts = facts
        self.version = pinned(facts.releases, version) if version else "".join(facts.releases[-1:])
        self._contracts = contracts
        self._left = [self.version] if version else list(facts.releases)
        self._objects: dict[str, Any] = {}

    def read(self, path: str) -> None:
        """Settle on a version that suits a file which imports this library."""
        wanted = [want for want in wants(path, self.name) if self._is_known(want.name)]
        self._left = having(self._left, wanted, self._has)
        self.version = "".join(self._left[-1:])

    @cached_property
    def modules(self) -> frozenset[str]:
        """Full names of the modules there are."""
        names = [*self._by_name, *self._layers, *self.facts.constants, *self._answered]
        return frozenset(parent for name in names for parent in _parents(name))

    def contracts_of(self, name: str) -> Sequence[Contract]:
        """The contracts of an operation in this version; of any version, where this one does not have it."""
        version = self.version_of(name)
        return [contract for contract in self._by_name[name] if contract.covers(version)]

    def lookup(self, name: str) -> Any:
        """What a full name stands for in this version, or MISSING."""
        if not self._has(self.version, Want(name)):
            return MISSING
        if name not in self._objects:
            self._objects[name] = self._make(name)
        return self._objects[name]

    def lookup_anywhere(self, name: str) -> Any:
        """What a full name stands for in some version, or MISSING."""
        found = self.lookup(name)
        return self._make(name) if found is MISSING and self._is_known(name) else found

    def version_of(self, name: str) -> str:
        """The version whose contract serves a name: the newest that has it, if this one does not."""
        if self._has(self.version, Want(name)):
            return self.version
        return "".join(having(self.facts.releases, [Want(name)], self._has)[-1:])

    def public_names(self, module: str) -> list[str]:
        """What `from module import *` brings."""
        names = [
            name
            for name in (*self._by_name, *self._layers, *self._answered)
            if self._has(self.version, Want(name))
        ]
        return [last for owner, _, last in (name.rpartition(".") for name in names) if owner == module]

    def operations(self, module: str) -> Iterator[str]:
        """Bare names of the functions of a module that have contracts in this version."""
        for name, contracts in self._by_name.items():
            owner, _, last = name.rpartition(".")
            if owner == module and any(contract.covers(self.version) for contract in contracts):
                yield last

    @cached_property
    def _by_name(self) -> dict[str, list[Contract]]:
        table: dict[str, list[Contract]] = {}
        for contract in self._contracts:
            for name in (contract.op, *contract.also):
                table.setdefault(name, []).append(contract)
        return table

    @cached_property
    def _layers(self) -> dict[str, list[tuple[Any, Any]]]:
        known = [module.name for module in pkgutil.iter_modules(layers.__path__)]
        if self.name in known:
            importlib.import_module(f"{layers.__name__}.{self.name}")
        return layers.REGISTERED.get(self.name, {})

    @cached_property
    def _answered(self) -> frozenset[str]:
        return frozenset(name for answers in self.facts.answers_by_range.values() for name in answers)

    def _is_known(self, name: str) -> bool:
        return any(self._has(release, Want(name)) for release in self.facts.releases or [""])

    def _has(self, release: str, want: Want) -> bool:
        """Whether a release has a name, and takes the keywords it is called with."""
        layer = self._layer(release, want.name)
        if layer is not None:
            return _takes(inspect.signature(layer), want)
        contracts = [one for one in self._by_name.get(want.name, ()) if one.covers(release)]
        if contracts:
            return any(_takes(one.parameters.signature, want) for one in contracts)
        return want.name in self.facts.constants or want.name in self.facts.answers(release)

    def _layer(self, release: str, name: str) -> Any:
        found = self._layers.get(name, ())
        return next(
            (layer for versions, layer in found if versions.contains(release or "0", prereleases=True)), None
        )

    def _make(self, name: str) -> Any:
        layer = self._layer(self.version, name)
        if layer is not None:
            return layer
        if name in self._by_name:
            return Kernel(self, name)
        if name in self._layers:
            return self._layers[name][0][1]
        if name in self.facts.constants:
            return self.facts.constants[name]
        return _answering(name, self.facts.answers(self.version).get(name))


def _takes(signature: inspect.Signature, want: Want) -> bool:
    parameters = signature.parameters
    anything = any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values())
    return anything or want.keywords <= parameters.keys()


def _answering(name: str, value: Any) -> Callable[..., Any]:
    """A function that computes nothing and always says the same."""

    def answer(*args: Any, **kwargs: Any) -> Any:
        return value

    answer.__name__ = name.rpartition(".")[2]
    return answer


def _parents(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name
