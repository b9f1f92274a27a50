"""Which files of the project a run has read, so that it need not be repeated while they stay as they are.

Modules count wherever they lie, unless they were installed; any other file, such as a YAML file that the
model reads at import, counts below the current folder. A file that changed since the run began has no
digest: nobody knows which of its versions was read.
"""

from __future__ import annotations

import hashlib
import os
import sys
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shapedoc.core.report import File

APART = tuple(os.path.join(f, "") for f in (str(Path(__file__).parents[1]), sysconfig.get_path("stdlib")))
INSTALLED = tuple(f"{os.sep}{name}{os.sep}" for name in ("site-packages", "dist-packages"))
NO_SOURCE = {"__pycache__", ".git"}
CONFIGURATION = {"shapedoc.yaml", "pyproject.toml"}  # what they say is part of the request
NAMES = (str, bytes, os.PathLike)  # a file may also be opened by its descriptor
WRITING = os.O_WRONLY | os.O_RDWR
TICK = 10_000_000  # nanoseconds by which a file's time may lag behind the clock


class Footprint:
    """Notes what is opened from now on, by the hook of PEP 578; there is no way to end it."""

    def __init__(self) -> None:
        self._begun = time.time_ns() - TICK
        self._opened: set[str] = set()
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and isinstance(arguments[0], NAMES) and not arguments[2] & WRITING:
            self._opened.add(os.fsdecode(arguments[0]))

    def files(self) -> tuple[File, ...]:
        """Every file of the project, sorted."""
        folder = os.path.join(os.getcwd(), "")
        opened = (path for path in map(os.path.abspath, list(self._opened)) if path.startswith(folder))
        paths = {path for path in (*_modules(), *opened) if _is_project(path)}
        return tuple(File(path, digest) for path in sorted(paths) for digest in self._digest(path))

    def _digest(self, path: str) -> Iterator[str]:
        """The digest of what is a file and can be read."""
        try:
            changed = os.stat(path).st_mtime_ns > self._begun
            data = Path(path).read_bytes()
        except OSError:
            return
        yield "" if changed else hashlib.sha256(data).hexdigest()


def _modules() -> Iterator[str]:
    """Thousands are imported and few are of the project, so what is installed is left out at once."""
    for module in list(sys.modules.values()):
        path = getattr(module, "__dict__", {}).get("__file__")  # getattr would wake modules that load late
        if isinstance(path, str) and not any(part in path for part in INSTALLED):
            yield os.path.abspath(path)


def _is_project(path: str) -> bool:
    folder, name = os.path.split(path)
    known = path.startswith(APART) or name in CONFIGURATION or any(part in path for part in INSTALLED)
    return not known and NO_SOURCE.isdisjoint(folder.split(os.sep))
