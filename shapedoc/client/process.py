"""A worker process as the front sees it: started early, asked for reports, ended with the `with` block."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from shapedoc.client.early import server_under
from shapedoc.core.ending import TimeUp, stop_of_error, stop_of_exit
from shapedoc.core.progress import Board, Watch
from shapedoc.core.report import Reason, Report, Stop, Target, from_json, to_json
from shapedoc.core.request import Request

PATIENCE = 1.0  # seconds for the server to end by itself
REFRESH = 0.1  # seconds between two looks at the progress of a run


class Worker:
    """One server process under `python`; it imports torch while the front goes on."""

    def __init__(self, python: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="shapedoc-", ignore_cleanup_errors=True)
        self._process = server_under(python)
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
        self._folder.cleanup()

    def run(self, request: Request, watch: Watch | None = None) -> Report:
        """The report of one run; `watch` is called now and then with how far it has come."""
        board = Board.create(os.path.join(self._folder.name, "board"))
        report_file = Path(self._folder.name, "report.json")
        report_file.unlink(missing_ok=True)
        self._ask({"request": to_json(request), "board": board.path, "answer": str(report_file)})
        answer = self._await(board, watch)
        if report_file.exists():
            return from_json(Report, json.loads(report_file.read_text(encoding="utf-8")))
        return Report(
            Target(request.target), engine=request.engine.value, stopped=_stop(answer, request, board)
        )

    def _ask(self, job: dict[str, Any]) -> None:
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):  # the server is gone: its exit status will be the answer
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            self._process.stdin.flush()

    def _await(self, board: Board, watch: Watch | None) -> dict[str, Any]:
        while self._listener.is_alive() or not self._answers.empty():
            try:
                return self._answers.get(timeout=REFRESH)
            except queue.Empty:
                if watch:
                    watch(board.read())
        return {"exit": self._process.wait()}

    def _listen(self) -> None:
        """Read the server's lines as they come; a `--python` that is no Python may say anything else."""
        assert self._process.stdout
        for line in self._process.stdout:
            with contextlib.suppress(ValueError):
                self._answers.put(json.loads(line))


def _stop(answer: dict[str, Any], request: Request, board: Board) -> Stop:
    """What to say where no report was left."""
    if "problem" in answer:
        return Stop(Reason.TARGET, answer["problem"])
    if answer["exit"] is None:
        return stop_of_error(TimeUp(request.timeout), board.read())
    return stop_of_exit(answer["exit"], board.read())
