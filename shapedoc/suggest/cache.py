"""Reports that still hold: kept by what was asked, given back while the files that were read stay the same.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     cache = Cache(Path(folder))
...     cache.put("ab12", Report(Target("net.py:Net")))
...     held = cache.get("ab12")
>>> held.report.target.name, held.fresh
('net.py:Net', True)

An entry is one file, there whole or not at all, so runs beside one another need no lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from shapedoc.core.report import Reason, Report, Target
from shapedoc.core.serial import from_json, to_json

VERSION = 1
LARGEST = 64 << 20  # bytes of all entries; those that were not used for longest go first
LASTING = {Reason.FAULT, Reason.VALUE}  # ends that come again; a process may not be killed a second time


def default_folder() -> Path:
    """The cache folder of the platform, or the one in SHAPEDOC_CACHE_DIR."""
    chosen = os.environ.get("SHAPEDOC_CACHE_DIR")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("shapedoc", appauthor=False)


def key_of(*parts: Any) -> str:
    """One name for all that a report depends on besides files: the request, the configuration, versions."""
    text = json.dumps([VERSION, *parts], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Held:
    """What is known of a model; `fresh` while every file that its run has read is still as it was."""

    report: Report
    fresh: bool


@dataclass
class Cache:
    """Reports without their steps: findings are what is asked for again."""

    folder: Path | None  # none: nothing is known, nothing is kept
    largest: int = LARGEST
    _written: bool = field(default=False, init=False)

    def get(self, key: str) -> Held | None:
        """What is known under a key; an entry that cannot be read is none."""
        if self.folder is None:
            return None
        path = _path(self.folder, key)
        try:
            report = from_json(Report, json.loads(path.read_bytes()))
            assert isinstance(report.target, Target)
            fresh = is_unchanged(report)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, AssertionError):
            return None
        with suppress(OSError):
            os.utime(path)
        return Held(report, fresh)

    def put(self, key: str, report: Report) -> None:
        """Keep a report that would come out the same again. A cache that cannot be written is none."""
        if self.folder is None or not _is_lasting(report):
            return
        slim = replace(report, steps=(), calls=())
        with suppress(OSError):
            _write(_path(self.folder, key), json.dumps(to_json(slim)).encode())
            self._written = True

    def trim(self) -> None:
        """Keep to the bound, if this run has added anything."""
        if self.folder is None or not self._written:
            return
        entries = sorted(_entries(self.folder), key=lambda entry: entry[1].st_mtime, reverse=True)
        size = 0
        for path, stat in entries:
            size += stat.st_size
            if size > self.largest:
                path.unlink(missing_ok=True)


def _path(folder: Path, key: str) -> Path:
    return folder / key[:2] / f"{key[2:]}.json"


def _is_lasting(report: Report) -> bool:
    """Whether it would come out the same again, as far as it is known what was read."""
    lasting = report.stopped is None or report.stopped.reason in LASTING
    return lasting and all(file.digest for file in report.files)


def is_unchanged(report: Report) -> bool:
    """Whether the files that a run has read are as they were."""
    return all(digest_of(file.path) == file.digest for file in report.files)


def digest_of(path: str) -> str:
    """The SHA-256 of a file, computed once for each version of it; empty where it cannot be read."""
    try:
        stat = os.stat(path)
        return _digest_of_version(path, stat.st_ino, stat.st_mtime_ns, stat.st_size)
    except OSError:
        return ""


@cache
def _digest_of_version(path: str, inode: int, mtime_ns: int, size: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
        os.replace(unfinished, path)
    except BaseException:
        Path(unfinished).unlink(missing_ok=True)
        raise


def _entries(folder: Path) -> Iterable[tuple[Path, os.stat_result]]:
    for path in folder.glob("??/*"):  # with what a killed run has left unfinished
        with suppress(OSError):
            yield path, path.stat()
