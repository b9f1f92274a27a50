"""What the import finders know: the libraries there are stand-ins for, and what came of imports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from shapedoc.kernels.contracts import Contract
from shapedoc.kernels.contracts import load as load_contracts
from shapedoc.kernels.facts import Facts, facts_of
from shapedoc.trace.standins.library import Library

TRITON = "triton"


@dataclass(frozen=True, slots=True)
class Miss:
    """A module that was not found, and the place that went on without it."""

    module: str
    path: str
    line: int


@dataclass
class Known:
    """The libraries there are stand-ins for, each read when it is first imported.

    `contracts` are the user's own, `broken` says of installed libraries why they cannot be imported, and
    `borrowed` are the names that an installed version does not have.
    """

    names: frozenset[str]
    contracts: Mapping[str, tuple[Contract, ...]]
    pins: Mapping[str, str]
    misses: list[Miss] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    borrowed: dict[str, Library] = field(default_factory=dict)
    libraries: dict[str, Library] = field(default_factory=dict)

    def library(self, name: str) -> Library:
        """The library of a name."""
        if name not in self.libraries:
            facts = facts_of(name)
            contracts = (*self.contracts.get(name, ()), *(load_contracts(name) if facts.releases else ()))
            pin = self.pins.get(name, "") or installed_version(facts)
            self.libraries[name] = Library(facts, contracts, pin)
        return self.libraries[name]

    def is_pinned_elsewhere(self, name: str) -> bool:
        """Whether another version than the installed one is asked for."""
        pin = self.pins.get(name, "")
        return bool(pin) and not f"{installed_version(facts_of(name))}.".startswith(f"{pin}.")


def installed_version(facts: Facts) -> str:
    """The version of a library that is installed, empty where none is."""
    found = (one for one in distributions(name=facts.distribution) if not isinstance(one, Release))
    return next((one.version for one in found), "")


class Release(Distribution):
    """What `importlib.metadata` says of a library that is stood in for."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def read_text(self, filename: str) -> str | None:
        facts = self.library.facts
        return (
            f"Name: {facts.distribution}\nVersion: {self.library.version}\n"
            if filename == "METADATA"
            else None
        )

    def locate_file(self, path: Any) -> Any:
        return Path(path)
