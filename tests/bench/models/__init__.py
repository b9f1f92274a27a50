"""Real public models, one module per package, on which the tool is measured.

>>> [entry.name for entry in entries("x_transformers", ["XTransformer"])]
['XTransformer']

A module of this package that defines `ENTRIES` is part of the zoo; nothing lists it. Inputs are real
tensors on the CPU; whoever runs an entry decides whether they stay there. Models that a package has but
that cannot be run here stand in the module's `ABSENT`, with the reason.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import metadata
from typing import Any, Literal

from packaging.requirements import Requirement
from torch import nn

Inputs = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass(frozen=True)
class Entry:
    """One model. `scale` says whether its sizes are the published ones, `needs` are requirement strings.

    `faults` are those of the package's own code, by the rule that finds them; with one of SD1xx it does not run.
    """

    name: str
    package: str
    build: Callable[[], nn.Module]
    inputs: Callable[[], Inputs]
    scale: Literal["real", "small"] = "small"
    needs: tuple[str, ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        """Whether it is known of no fault that stops it."""
        return not any(code.startswith("SD1") for code in self.faults)

    @cached_property
    def missing(self) -> str:
        """What is not installed, in words; empty when the entry can be built."""
        return "; ".join(words for need in self.needs if (words := _missing(Requirement(need))))


def entries(package: str = "", names: Collection[str] = ()) -> list[Entry]:
    """Every entry of a package (all packages by default), only those named where names are given."""
    found = [entry for module in _modules(package) for entry in module.ENTRIES]
    if unknown := {*names} - {entry.name for entry in found}:
        raise LookupError(f"no entry named {', '.join(sorted(unknown))} in {package or 'any package'}")
    return [entry for entry in found if not names or entry.name in names]


def absent(package: str = "") -> Mapping[str, str]:
    """Models that stay out of the zoo, with the reason."""
    return {
        f"{_package_name(module)}/{name}": reason
        for module in _modules(package)
        for name, reason in getattr(module, "ABSENT", {}).items()
    }


def _modules(package: str) -> list[Any]:
    names = [info.name for info in pkgutil.iter_modules(__path__) if not info.name.startswith("_")]
    if package and package not in names:
        raise LookupError(f"no package {package}; there are {', '.join(names)}")
    return [importlib.import_module(f"{__name__}.{name}") for name in names if package in ("", name)]


def _package_name(module: Any) -> str:
    return module.__name__.rpartition(".")[2]


def _missing(requirement: Requirement) -> str:
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"wants {requirement}, which is not installed"
    if version in requirement.specifier:
        return ""
    return f"wants {requirement}, {version} is installed"
