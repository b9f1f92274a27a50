"""What the worker's child does: run one request within its bounds, and write the report down whole."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType

from shapedoc.core.ending import TimeUp, stop_of_error
from shapedoc.core.progress import Board, Watch
from shapedoc.core.report import Report, Target
from shapedoc.core.request import Request
from shapedoc.core.serial import to_json
from shapedoc.worker.footprint import Footprint
from shapedoc.worker.memory import bound_memory

Runner = Callable[[Request, Watch], Report]

_SHOWN = warnings.showwarning


def run_child(runner: Runner, request: Request, board_path: str, answer_path: str) -> None:
    """Leave a report at `answer_path`, unless the user's code ends this process first."""
    board = Board(board_path)
    footprint = Footprint()
    _lead_own_group()
    warnings.showwarning = _SHOWN if request.debug else unseen
    if request.debug:
        faulthandler.enable()
    bound_memory(request.memory)
    try:
        _set_alarm(request.timeout)
        report = runner(request, board.write)
        _set_alarm(0)
    except BaseException as error:
        report = Report(Target(request.target), stopped=stop_of_error(error, board.read()))
    _write(Path(answer_path), replace(report, files=footprint.files()))
    with contextlib.suppress(Exception):  # the user's code may have put anything there
        sys.stdout.flush()
    os._exit(0)  # threads and exit handlers of the user's code have nothing to add


def unseen(*shown: object, **further: object) -> None:
    """In place of `warnings.showwarning`: what others warn of is no part of a report on shapes."""


def _lead_own_group() -> None:
    """So that whatever the user's code starts can be ended together with it."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)


def _set_alarm(seconds: float) -> None:
    """Interrupt Python code after a time, so that it can still report; code in C is killed a little later."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise TimeUp(seconds)

    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, interrupt)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _write(path: Path, report: Report) -> None:
    """All of the report or nothing: it is there once its file has its name."""
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(to_json(report)), encoding="utf-8")
    unfinished.replace(path)
