"""A copy of an installed package, one of whose files may be broken, and its models, in a process of their own."""

from __future__ import annotations

import compileall
import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any, TypeVar

from ..isolate import Outcome, isolated
from ..models import Entry

T = TypeVar("T")


@dataclass(frozen=True)
class Copy:
    """The copy of `package` in `folder`, which goes first on the path of those who run it.

    Each process makes one of its own, so that none meets the mutants of another.
    """

    package: str
    folder: Path

    def files(self) -> list[Path]:
        return sorted((self.folder / self.package).rglob("*.py"))

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    @contextmanager
    def broken(self, file: str, text: str) -> Iterator[Copy]:
        """Another text in one file, for as long as this lasts."""
        path = self.folder / file
        before = path.read_text(encoding="utf-8")
        path.write_text(text, encoding="utf-8")
        try:
            yield self
        finally:
            path.write_text(before, encoding="utf-8")

    def run(self, work: Callable[[dict[str, Entry]], Any], small: bool, timeout: float = 60.0) -> Outcome:
        """`work` with the entries of the copy, in a fork."""
        return isolated(lambda: work(self.entries(small)), timeout, 6.0)

    def entries(self, small: bool) -> dict[str, Entry]:
        from ._sizes import shrink

        sys.dont_write_bytecode = True
        sys.path.insert(0, str(self.folder))
        name = f"tests.bench.models.{self.package}"
        for module in [m for m in sys.modules if m.partition(".")[0] == self.package or m == name]:
            del sys.modules[module]
        importlib.invalidate_caches()
        if small:
            shrink(self.package)
        return {entry.name: entry for entry in importlib.import_module(name).ENTRIES}


def copy_of(package: str, folder: Path) -> Copy:
    """A fresh copy of what a package installs, compiled once; what is broken later is newer than that."""
    spec = util.find_spec(package)
    assert spec is not None and spec.submodule_search_locations
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(spec.submodule_search_locations[0], folder / package, ignore=ignored)
    compileall.compile_dir(folder / package, quiet=2)
    return Copy(package, folder)
