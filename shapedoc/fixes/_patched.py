"""A model's code as it would be with edits, imported from memory.

For a process that ends afterwards: the modules that were made with the edited file are forgotten, so that
they are imported anew and see it edited.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from unittest import mock

from shapedoc.core.edits import rewritten
from shapedoc.core.report import Edit
from shapedoc.core.source import read_instead
from shapedoc.trace.places import is_editable

Modules = Mapping[str, ModuleType]


def edited_files(edits: Iterable[Edit]) -> dict[str, bytes]:
    """The new content of every file that edits touch. Raises Stale where one does not fit."""
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.span.path, []).append(edit)
    return {path: rewritten(Path(path).read_bytes(), own) for path, own in by_path.items()}


def modules_of_the_user() -> Modules:
    """What is imported of the user's project; thousands of modules are asked, so once for all edits."""
    return {name: module for name, module in list(sys.modules.items()) if is_editable(_file(module))}


@contextmanager
def patched(files: Mapping[str, bytes], modules: Modules) -> Iterator[None]:
    """Imports of these files, and reports about them, take this content; `modules` are the user's."""
    _forget(files, modules)
    loads = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, name: str) -> CodeType | None:
        path = self.get_filename(name)
        data = files.get(path)
        return loads(self, name) if data is None else self.source_to_code(data, path)

    with mock.patch.object(SourceFileLoader, "get_code", get_code), read_instead(files):
        yield


def _forget(paths: Iterable[str], own: Modules) -> None:
    """Drop the modules of these files, and those of the user's that hold anything of theirs."""
    stale = {name for name, module in own.items() if _file(module) in paths}
    growing = set(stale)
    while growing:
        growing = {name for name in own.keys() - stale if _holds(own[name], growing)}
        stale |= growing
    for name in stale - {"__main__"}:
        del sys.modules[name]


def _file(module: object) -> str:
    return getattr(module, "__file__", None) or ""


def _holds(module: ModuleType, names: set[str]) -> bool:
    """Whether a module has one of these modules, or a class, function or constant of one, under any name."""
    for name, value in vars(module).items():
        if getattr(value, "__module__", None) in names or getattr(value, "__name__", None) in names:
            return True
        if not name.startswith("_") and any(vars(sys.modules[other]).get(name) is value for other in names):
            return True
    return False
