"""Modules of libraries: those that are not installed, and those that are, with their kernels replaced."""

from __future__ import annotations

import importlib
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from shapedoc.trace.standins.asking import asker
from shapedoc.trace.standins.installed import Replacing, forget_submodules
from shapedoc.trace.standins.known import Known
from shapedoc.trace.standins.library import MISSING, Library
from shapedoc.trace.standins.unknown import unknown_class


class StandinModule(ModuleType):
    """A module of a library that is not installed."""

    def __getattr__(self, name: str) -> Any:
        known: Known = self.__dict__["_known"]
        return _attribute(self, name, known)


def _attribute(module: ModuleType, name: str, known: Known) -> Any:
    library, full = known.library(module.__name__.partition(".")[0]), f"{module.__name__}.{name}"
    if name == "__all__":
        return library.public_names(module.__name__)
    if name == "__version__" and "." not in module.__name__:
        return library.version
    if name.startswith("__"):
        raise AttributeError(name)
    value = library.lookup(full)
    if value is MISSING and full in library.modules:
        return importlib.import_module(full)
    if value is MISSING:
        value = _unlisted(module, name, library, known)
    module.__dict__[name] = value
    return value


def _unlisted(module: ModuleType, name: str, library: Library, known: Known) -> Any:
    """A name that this version does not have: none, unless it is imported and cannot be done without."""
    asked, full = asker(known.names), f"{module.__name__}.{name}"
    if asked.guarded or not asked.imports(name):
        raise AttributeError(
            f"module {module.__name__!r} has no attribute {name!r} in {library.name} {library.version}"
        )
    value = library.lookup_anywhere(full)
    if value is not MISSING:
        known.borrowed[full] = library
    elif isinstance(module, StandinModule):
        known.unknown.append(full)
        value = unknown_class(full)
    else:
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
    return value


def lend_names(module: ModuleType, library: Library, known: Known) -> None:
    """Let an installed module have the kernels of other versions, for code that cannot do without."""
    own = module.__dict__.get("__getattr__")

    def attribute(name: str) -> Any:
        if own is not None:
            try:
                return own(name)
            except AttributeError:
                pass
        if name.startswith("__"):
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
        return _unlisted(module, name, library, known)

    module.__dict__["__getattr__"] = attribute


class Made(Loader):
    """Loads a module that is complete when it is made."""

    def __init__(self, module: ModuleType) -> None:
        self.module = module

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self.module

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""


def spec_of(module: ModuleType) -> ModuleSpec:
    return ModuleSpec(module.__name__, Made(module), is_package=True)


def standin_module(name: str, known: Known) -> StandinModule:
    """A module of a library that is not installed."""
    module = StandinModule(name)
    module.__path__ = []
    module.__dict__["_known"] = known
    return module


class Lending(Replacing):
    """Loads a module of an installed library, with the kernels of other versions for who imports them."""

    def __init__(self, loader: Loader, library: Library, known: Known) -> None:
        super().__init__(loader, library)
        self.known = known

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        lend_names(module, self.library, self.known)


class OrStandin(Lending):
    """Loads a library that is installed, or its stand-in where it cannot be imported here."""

    def exec_module(self, module: ModuleType) -> None:
        try:
            super().exec_module(module)
        except Exception as error:
            self.known.broken[module.__name__] = f"{type(error).__name__}: {error}"
            forget_submodules(module.__name__)
            for name in [name for name in module.__dict__ if not name.startswith("__")]:
                del module.__dict__[name]
            module.__class__ = StandinModule
            module.__dict__.update(_known=self.known, __path__=[])
