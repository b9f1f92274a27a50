"""The process that runs models: it imports torch once and forks for each, so no state leaks between them.

Requests come as lines of JSON and are answered by one line each, in the order in which they end. The child
itself writes its report to a file that the front named; the server only says how the child ended:
`{"job": 3, "exit": 0}`, or `{"exit": null}` for one that it had to kill, or `{"problem": "…"}` where this
interpreter can run no model at all. How many run at once is the front's to say: each request starts one.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import json
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader, RawIOBase
from multiprocessing.connection import wait
from typing import Any

from shapedoc.core.request import Request
from shapedoc.core.serial import from_json
from shapedoc.worker.child import Runner, run_child, unseen

FORKS = "fork" in multiprocessing.get_all_start_methods()
GRACE = 2.0, 0.1  # seconds, and share of the timeout, that a child has to report after its time is over
_STARTS = itertools.count()
PATIENCE = 0.5  # a process that user code started may keep our sentinel open: look again this often


@dataclass(frozen=True)
class Child:
    """A run under way: the job it is for, its process, and when that is ended from outside."""

    job: int
    process: Any
    deadline: float

    def over(self) -> bool:
        return not self.process.is_alive() or time.monotonic() >= self.deadline


def serve(requests: BufferedReader, answers: RawIOBase) -> None:
    """Answer requests until the front closes its end."""
    if FORKS:  # else a child that outlives us would keep the front waiting for an answer
        os.register_at_fork(after_in_child=answers.close)
    gc.disable()  # a collection finds nothing in what is being imported, and costs a sixth of the import
    warnings.showwarning = unseen
    problem = _import_torch()
    running: list[Child] = []
    for line in _lines(requests, running):
        if line is not None:
            job = json.loads(line)
            failed = problem or _start(job, running)
            ended = [{"job": job["job"], "problem": failed}] if failed else []
        else:
            ended = list(_collect(running))
        answers.write(b"".join(json.dumps(answer).encode() + b"\n" for answer in ended))
    for child in running:
        _kill(child.process)
    os._exit(0)  # torch takes its time to go, and has nothing to save


def _import_torch() -> str:
    """What keeps this interpreter from running models, in one line; empty if nothing does."""
    try:
        importlib.import_module("torch")
    except ModuleNotFoundError as error:
        return f"{sys.executable} has no {error.name}: install it there, or name another with --python"
    except Exception as error:
        return f"{sys.executable} cannot import torch: {error}"
    return ""


def _lines(requests: BufferedReader, running: list[Child]) -> Iterator[bytes | None]:
    """Requests as they come, and None whenever a child may have ended."""
    rest = b""
    while True:
        yield None
        if requests not in _wait(requests, running):
            continue
        data = requests.read1(1 << 16)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        yield from lines


def _wait(requests: BufferedReader, running: list[Child]) -> list[Any]:
    """What there is to attend to. Without fork, pipes cannot be waited for: one run after the other."""
    if not running:
        return [requests]
    left = max(0.0, min(child.deadline for child in running) - time.monotonic())
    awaited: list[Any] = [child.process.sentinel for child in running]
    if FORKS:
        awaited.append(requests)
    return wait(awaited, min(PATIENCE, left))


def _start(job: dict[str, Any], running: list[Child]) -> str:
    """Begin a run; what keeps it from beginning is returned."""
    request = from_json(Request, job["request"])
    try:
        runner = _find(request.runner)
        if next(_STARTS) == 1:  # a second one: more may follow
            _prepare(request.runner)
    except Exception as error:  # a torch too old or too new for us shows here
        return f"shapedoc cannot run under {sys.executable}: {type(error).__name__}: {error}"
    gc.freeze()  # what was imported stays: no collection in a child need look at it
    gc.enable()
    context: Any = multiprocessing.get_context("fork" if FORKS else "spawn")
    process = context.Process(target=run_child, args=(runner, request, job["board"], job["answer"]))
    process.start()
    seconds, share = GRACE
    running.append(Child(job["job"], process, time.monotonic() + request.timeout * (1 + share) + seconds))
    return ""


def _find(runner: str) -> Runner:
    module, _, name = runner.partition(":")
    found: Runner = getattr(importlib.import_module(module), name)
    return found


def _prepare(runner: str) -> None:
    """Let the module of a runner do, before the next fork, what every run would do again by itself."""
    getattr(importlib.import_module(runner.partition(":")[0]), "prepare", lambda: None)()


def _collect(running: list[Child]) -> Iterator[dict[str, Any]]:
    """The answers for those that have ended, or had to be."""
    for child in [child for child in running if child.over()]:
        code: int | None = child.process.exitcode
        _kill(child.process)
        running.remove(child)
        yield {"job": child.job, "exit": code}


def _kill(process: Any) -> None:
    """End a child and whatever it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (AttributeError, ProcessLookupError, PermissionError):
        process.kill()
    process.join()
