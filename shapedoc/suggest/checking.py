"""Which models a change touches, and what is to say of them: from the cache, or from a run."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from shapedoc.client.interpreter import choose_interpreter
from shapedoc.config.settings import Config
from shapedoc.core.errors import UserError
from shapedoc.core.report import Report
from shapedoc.core.request import Request
from shapedoc.core.serial import to_json
from shapedoc.suggest.cache import Cache, Held, key_of
from shapedoc.suggest.environment import installed, ourselves
from shapedoc.suggest.imports import ImportGraph


@dataclass(frozen=True)
class Candidate:
    """A model that may have to run: its interpreter, its name in the cache, what is known of it."""

    request: Request
    python: str
    key: str
    held: Held | None

    @property
    def answer(self) -> Report | None:
        return self.held.report if self.held and self.held.fresh else None

    def has_read(self, files: Collection[str]) -> bool:
        """Whether its last run has read one of these files."""
        read = self.held.report.files if self.held else ()
        return any(os.path.realpath(file.path) in files for file in read)


@dataclass(frozen=True)
class Check:
    """The models of a project, run with what the command line says."""

    config: Config
    jobs: int
    cache: Cache
    python: str = ""

    def touched(self, files: Collection[Path] | None) -> list[Candidate]:
        """The models that import one of these files; all of them where no files are given."""
        candidates = [self._candidate(request) for request in self.config.models]
        if files is None:
            return candidates
        paths = {os.path.realpath(path) for path in files}
        if self.config.path and os.path.realpath(self.config.path) in paths:
            return candidates
        graph = ImportGraph(self.config.folder.resolve())
        return [candidate for candidate in candidates if _touches(candidate, paths, graph)]

    def run(self, candidates: Iterable[Candidate]) -> Iterator[tuple[Candidate, Report]]:
        """Every report as it is there: those that still hold at once, the others as they end."""
        waiting: dict[str, dict[Request, Candidate]] = defaultdict(dict)
        for candidate in candidates:
            if candidate.answer:
                yield candidate, candidate.answer
            else:
                waiting[candidate.python][candidate.request] = candidate
        if waiting:
            from shapedoc.suggest.pool import run_all  # an answer from the cache starts no process

        for python, requests in waiting.items():
            for request, report in run_all(requests, python, self.config.folder, self.jobs):
                self.cache.put(requests[request].key, report)
                yield requests[request], report
        self.cache.trim()

    def _candidate(self, request: Request) -> Candidate:
        python = choose_interpreter(request.target, self.python or self.config.python, self.config.folder)
        about = (str(self.config.folder), self.config.shared, to_json(request))
        key = key_of(about, ourselves(), python, installed(python))
        return Candidate(request, python, key, self.cache.get(key))


def _touches(candidate: Candidate, files: Collection[str], graph: ImportGraph) -> bool:
    """What a run has read is certain while it holds; what the source says is asked where it does not."""
    if candidate.has_read(files) or candidate.answer:
        return candidate.has_read(files)
    return not graph.behind(candidate.request.target).isdisjoint(map(Path, files))


def shard(models: tuple[Request, ...], text: str) -> tuple[Request, ...]:
    """The share `2/3` of the models: the second of three that have nothing in common and leave none out.

    >>> models = tuple(Request(f"net{number}.py") for number in range(9))
    >>> set(shard(models, "1/2")) | set(shard(models, "2/2")) == set(models)
    True
    """
    index, _, count = text.partition("/")
    if not (index.isdigit() and count.isdigit() and 0 < int(index) <= int(count)):
        raise UserError(f"--shard {text}: write I/N, such as 1/4")
    return tuple(model for model in models if _hash(model.target) % int(count) == int(index) - 1)


def _hash(text: str) -> int:
    """The same in every process, and for a target whatever stands around it."""
    return int(sha256(text.encode()).hexdigest(), 16)
