"""What is installed under an interpreter, told from its folders: starting it would take longer than the rest.

A package's version is in the name of its folder, such as `torch-2.13.0.dist-info`
(https://packaging.python.org/specifications/recording-installed-packages).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import shapedoc

OURS = Path(shapedoc.__file__).parent
RECORDS = (".dist-info", ".egg-info")
SITES = ("lib*/python*/site-packages", "lib*/python*/dist-packages", "Lib/site-packages")


@cache
def installed(python: str) -> tuple[str, ...]:
    """Name and version of all that is installed there, with the folders that hold it."""
    folders = list(dict.fromkeys(_folders(python)))
    records = {entry.name for folder in folders for entry in _entries(folder)}
    return (*folders, *sorted(name for name in records if name.endswith(RECORDS)))


@cache
def ourselves() -> tuple[str, ...]:
    """Our version; and the sizes of our files, as a checkout changes without its version."""
    files = (path for path in sorted(OURS.rglob("*")) if path.suffix in (".py", ".yaml", ".json"))
    return (shapedoc.__version__, *(f"{path.relative_to(OURS)} {path.stat().st_size}" for path in files))


def _folders(python: str) -> Iterator[str]:
    if python == sys.executable:
        yield from filter(os.path.isdir, sys.path)
        return
    yield from filter(os.path.isdir, os.environ.get("PYTHONPATH", "").split(os.pathsep))
    prefix = Path(python).absolute().parent.parent
    yield from _sites(prefix)
    if _shares_system(prefix):
        yield from _sites(Path(python).resolve().parent.parent)


def _sites(prefix: Path) -> Iterator[str]:
    return (str(folder) for pattern in SITES for folder in sorted(prefix.glob(pattern)))


def _shares_system(prefix: Path) -> bool:
    """Whether a virtual environment sees what the interpreter it was made from has (PEP 405)."""
    try:
        settings = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").lower()
    except OSError:
        return False
    return "include-system-site-packages = true" in settings


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except OSError:
        return
