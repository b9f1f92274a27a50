"""Writing fixes into the user's files: each file is the old one or the new one, whatever happens meanwhile.

A file is written anew beside itself and takes its own name at the end, which the system does as one step
(POSIX rename). So a process that is killed and a disk that is full leave the old file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shapedoc.core.choosing import chosen_edits
from shapedoc.core.edits import rewritten
from shapedoc.core.errors import UserError
from shapedoc.core.report import Edit, Report, Safety
from shapedoc.suggest.cache import default_folder

PATIENCE = 60.0  # seconds for another run to finish its writing


@dataclass(frozen=True)
class Applied:
    """What became of the edits of a file; `problem` says why none of them was made."""

    path: str
    count: int
    problem: str = ""


def apply_fixes(reports: Sequence[Report], trusted: Collection[Safety], folder: Path) -> list[Applied]:
    """Write the first trusted fix of each finding; all edits of a file or none."""
    chosen = chosen_edits((finding for report in reports for finding in report.findings), trusted)
    if not chosen:
        return []
    traced = {os.path.realpath(file.path): file.digest for report in reports for file in report.files}
    with _alone(folder):
        return [_applied(path, edits, traced) for path, edits in sorted(chosen.items())]


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer in a project at a time. Who comes second finds files that changed since its trace."""
    from filelock import FileLock, Timeout  # takes as long to import as an answer from the cache

    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()
    locks = default_folder() / "locks"
    try:
        locks.mkdir(parents=True, exist_ok=True)
        with FileLock(locks / name, timeout=PATIENCE):
            yield
    except Timeout:
        raise UserError(f"another run has been writing in {folder} for {PATIENCE:g} s") from None
    except OSError as error:
        raise UserError(f"{locks} cannot be written: {error.strerror}") from error


def _applied(path: str, edits: Sequence[Edit], traced: Mapping[str, str]) -> Applied:
    real = Path(os.path.realpath(path))  # a link stays one
    try:
        data = real.read_bytes()
        _hold(real, data, traced)
        _replace(real, data, rewritten(data, edits))
    except UserError as error:
        return Applied(path, len(edits), str(error))
    except OSError as error:
        return Applied(path, len(edits), f"cannot be written: {error.strerror}")
    return Applied(path, len(edits))


def _hold(path: Path, data: bytes, traced: Mapping[str, str]) -> None:
    """Refuse what is not as it was traced, and what is not meant to be written."""
    if str(path) not in traced:
        raise UserError("is no file of the project")
    if hashlib.sha256(data).hexdigest() != traced[str(path)]:
        raise UserError("was edited since it was traced")
    if not path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise UserError("is read-only")


def _replace(path: Path, old: bytes, new: bytes) -> None:
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".shapedoc")
    try:
        with open(descriptor, "wb") as file:
            file.write(new)
            file.flush()
            os.fsync(file.fileno())
        _take_rights(unfinished, path.stat())
        if path.read_bytes() != old:  # an editor was quicker
            raise UserError("was edited since it was traced")
        os.replace(unfinished, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(unfinished)
        raise


def _take_rights(unfinished: str, rights: os.stat_result) -> None:
    os.chmod(unfinished, stat.S_IMODE(rights.st_mode))
    with contextlib.suppress(OSError, AttributeError):  # only who may give files away can keep another owner
        os.chown(unfinished, rights.st_uid, rights.st_gid)
