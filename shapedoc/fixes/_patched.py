"""A model's code as it would be with edits, imported from memory.

For a process that ends afterwards: the modules of the user's project are forgotten, so that what
imports the edited file sees it edited.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType

from shapedoc.core.edits import rewritten
from shapedoc.core.report import Edit
from shapedoc.core.source import read_instead
from shapedoc.trace.places import is_editable


def edited_files(edits: Iterable[Edit]) -> dict[str, bytes]:
    """The new content of every file that edits touch. Raises Stale where one does not fit."""
    by_path: dict[str, list[Edit]] = {}
    for edit in edits:
        by_path.setdefault(edit.span.path, []).append(edit)
    return {path: rewritten(Path(path).read_bytes(), own) for path, own in by_path.items()}


@contextmanager
def patched(files: Mapping[str, bytes]) -> Iterator[None]:
    """Imports of these files, and reports about them, take this content."""
    _forget_own_modules()
    loads = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, name: str) -> CodeType | None:
        path = self.get_filename(name)
        data = files.get(path)
        return loads(self, name) if data is None else self.source_to_code(data, path)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    try:
        with read_instead(files):
            yield
    finally:
        SourceFileLoader.get_code = loads  # type: ignore[method-assign]


def _forget_own_modules() -> None:
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None)
        if path and name != "__main__" and is_editable(path):
            del sys.modules[name]
