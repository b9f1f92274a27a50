"""A worker process as the front sees it: started early, asked for reports, ended with the `with` block."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import queue
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from shapedoc.client.early import server_under
from shapedoc.core.ending import TimeUp, stop_of_error, stop_of_exit
from shapedoc.core.progress import Board, Watch
from shapedoc.core.report import Reason, Report, Stop, Target
from shapedoc.core.request import Request
from shapedoc.core.serial import from_json, to_json

PATIENCE = 1.0  # seconds for the server to end by itself
REFRESH = 0.1  # seconds between two looks at the progress of a run


@dataclass(frozen=True)
class Job:
    """A run that was asked for; the worker's child leaves its report in a file."""

    request: Request
    board: Board
    answer: Path

    def report(self, ending: dict[str, Any]) -> Report:
        """The report of a run that has ended so."""
        if self.answer.exists():
            return from_json(Report, json.loads(self.answer.read_text(encoding="utf-8")))
        request = self.request
        return Report(Target(request.target), engine=request.engine.value, stopped=self._stop(ending))

    def _stop(self, ending: dict[str, Any]) -> Stop:
        """What to say where no report was left."""
        if "problem" in ending:
            return Stop(Reason.TARGET, ending["problem"])
        if ending["exit"] is None:
            return stop_of_error(TimeUp(self.request.timeout), self.board.read())
        return stop_of_exit(ending["exit"], self.board.read())


class Worker:
    """One server process under `python`; it imports torch while the front goes on."""

    def __init__(self, python: str, folder: Path | None = None) -> None:
        """The models' current folder is `folder`, or the one of this process."""
        self._files = tempfile.TemporaryDirectory(prefix="shapedoc-", ignore_cleanup_errors=True)
        self._process = server_under(python, folder)
        self._numbers = itertools.count()
        self._jobs: dict[int, Job] = {}
        self._answers: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closing its input ends the server, and with it whatever still runs."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:  # still importing torch
            self._process.kill()
            self._process.wait()
        self._listener.join()
        self._process.stdout.close()
        self._files.cleanup()

    @property
    def alive(self) -> bool:
        """Whether the server can be asked for more."""
        return self._listener.is_alive()

    def run(self, request: Request, watch: Watch | None = None) -> Report:
        """The report of one run; `watch` is called now and then with how far it has come."""
        job = self.begin(request)
        while (ended := self.ended()) is None:
            if watch:
                watch(job.board.read())
        return ended[1]

    def begin(self, request: Request) -> Job:
        """Start a run beside those that are under way."""
        number = next(self._numbers)
        board = Board.create(os.path.join(self._files.name, f"board{number}"))
        job = Job(request, board, Path(self._files.name, f"report{number}.json"))
        self._jobs[number] = job
        self._ask(
            {"job": number, "request": to_json(request), "board": board.path, "answer": str(job.answer)}
        )
        return job

    def ended(self) -> tuple[Job, Report] | None:
        """A run that has come to its end, if one does within a moment. A dead server ends them all."""
        if self.alive or not self._answers.empty():
            try:
                ending = self._answers.get(timeout=REFRESH)
            except queue.Empty:
                return None
        else:
            ending = {"job": next(iter(self._jobs)), "exit": self._process.wait()}
        job = self._jobs.pop(ending.get("job", next(iter(self._jobs))))  # none where no server came up
        return job, job.report(ending)

    def _ask(self, job: dict[str, Any]) -> None:
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):  # the server is gone: its exit status will be the answer
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            self._process.stdin.flush()

    def _listen(self) -> None:
        """Read the server's lines as they come; a `--python` that is no Python may say anything else."""
        assert self._process.stdout
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):
                self._answers.put(json.loads(line))
