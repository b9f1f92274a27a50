"""Which Python runs the user's model: the one of the project, so that its packages are there.

>>> import sys
>>> choose_interpreter("package.module:Net", sys.executable) == sys.executable
True
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from shapedoc.core.errors import UserError

_PYTHONS = ("bin/python", "Scripts/python.exe")


def choose_interpreter(target: str, python: str = "", folder: Path | None = None) -> str:
    """`python` where it is given, an executable or an environment; else the project's; else our own.

    A target is one of `folder`, which is the current one where none is given.
    """
    if python:
        return _named(python)
    return next(_project_pythons(_folder(target, folder or Path.cwd())), sys.executable)


def _named(python: str) -> str:
    inside = next(_pythons(Path(python)), None)
    found = inside or shutil.which(python)
    if found is None:
        raise UserError(f"no interpreter {python}: name an executable, or the folder of an environment")
    return found


def _folder(target: str, folder: Path) -> Path:
    """Where to start looking: the folder of `path.py:Name`, or the given one for `package.module:Name`."""
    match = re.match(r"(.*?\.py)(?::|$)", target, re.DOTALL)
    return (folder / match[1]).resolve().parent if match else folder


def _project_pythons(folder: Path) -> Iterator[str]:
    """Pythons of the `.venv` beside the nearest pyproject.toml."""
    project = next(
        (above for above in (folder, *folder.parents) if (above / "pyproject.toml").is_file()), None
    )
    if project:
        yield from _pythons(project / ".venv")


def _pythons(environment: Path) -> Iterator[str]:
    return (str(environment / name) for name in _PYTHONS if (environment / name).is_file())
