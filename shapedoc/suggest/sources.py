"""The Python files of a repository that may hold models: neither tests nor what was installed or built."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

APART = {"tests", "test", "build", "dist", "node_modules", "site-packages"}
LISTING = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.py")


def python_files(folder: Path) -> list[str]:
    """Paths below a folder: those that git would keep, or all that are not hidden."""
    try:
        listed = subprocess.run(LISTING, cwd=folder, capture_output=True, check=True).stdout
        paths = [path for path in os.fsdecode(listed).split("\0") if path]
    except (OSError, subprocess.CalledProcessError):
        paths = list(_walked(folder))
    return sorted(path for path in paths if not APART.intersection(Path(path).parts) and _is_source(path))


def _walked(folder: Path) -> Iterator[str]:
    for parent, folders, names in os.walk(folder):
        if "pyvenv.cfg" in names:
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        python = (name for name in names if name.endswith(".py"))
        yield from (os.path.relpath(os.path.join(parent, name), folder) for name in python)


def _is_source(path: str) -> bool:
    name = os.path.basename(path)
    return not name.startswith("test_") and name not in ("conftest.py", "setup.py")
