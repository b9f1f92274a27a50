"""The process that runs models: it imports torch once and forks for each, so no state leaks between them.

Requests come as lines of JSON and are answered by one line each. The child itself writes its report to a
file that the front named; the server only says how the child ended: `{"exit": 0}`, or `{"exit": null}`
for one that it had to kill, or `{"problem": "…"}` where this interpreter can run no model at all.
"""

from __future__ import annotations

import gc
import importlib
import json
import multiprocessing
import os
import signal
import sys
import time
from multiprocessing.connection import wait
from typing import Any, BinaryIO

from shapedoc.core.request import Request, from_json
from shapedoc.worker.child import Runner, run_child

FORKS = "fork" in multiprocessing.get_all_start_methods()
GRACE = 2.0, 0.1  # seconds, and share of the timeout, that a child has to report after its time is over
PATIENCE = 0.5  # a process that user code started may keep our sentinel open: look again this often


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until the front closes its end."""
    if FORKS:  # else a child that outlives us would keep the front waiting for an answer
        os.register_at_fork(after_in_child=answers.close)
    gc.disable()  # a collection finds nothing in what is being imported, and costs a sixth of the import
    torch_problem = _import_torch()
    for line in requests:
        answer = {"problem": torch_problem} if torch_problem else _answer(json.loads(line), requests)
        answers.write(json.dumps(answer).encode() + b"\n")
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


def _answer(job: dict[str, Any], requests: BinaryIO) -> dict[str, Any]:
    request = from_json(Request, job["request"])
    try:
        runner = _find(request.runner)
    except Exception as error:  # a torch too old or too new for us shows here
        return {"problem": f"shapedoc cannot run under {sys.executable}: {type(error).__name__}: {error}"}
    gc.freeze()  # what was imported stays: no collection in a child need look at it
    gc.enable()
    return {"exit": _supervise(runner, request, job, requests)}


def _find(runner: str) -> Runner:
    module, _, name = runner.partition(":")
    found: Runner = getattr(importlib.import_module(module), name)
    return found


def _supervise(runner: Runner, request: Request, job: dict[str, Any], requests: BinaryIO) -> int | None:
    context: Any = multiprocessing.get_context("fork" if FORKS else "spawn")
    child = context.Process(target=run_child, args=(runner, request, job["board"], job["answer"]))
    child.start()
    seconds, share = GRACE
    deadline = time.monotonic() + request.timeout * (1 + share) + seconds
    watched = [child.sentinel, requests] if FORKS else [child.sentinel]
    while child.is_alive() and (left := deadline - time.monotonic()) > 0:
        if requests in wait(watched, min(PATIENCE, left)):
            # Nothing is asked while we are busy: this is the front closing its end.
            _kill(child)
            os._exit(1)
    code: int | None = child.exitcode
    _kill(child)
    return code


def _kill(child: Any) -> None:
    """End a child and whatever it started."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (AttributeError, ProcessLookupError, PermissionError):
        child.kill()
    child.join()
