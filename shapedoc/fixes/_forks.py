"""Work in forked children, some at a time, given back in order: what a child does to the process stays there.

>>> list(in_children([lambda: 1, lambda: 1 // 0, lambda: 3], seconds=10))
[1, None, 3]
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import torch

from shapedoc.core.processors import processors

T = TypeVar("T")
Child = tuple[Any, Connection]

POSSIBLE = "fork" in multiprocessing.get_all_start_methods()


def in_children(jobs: Iterable[Callable[[], T]], seconds: float) -> Generator[T | None, None, None]:
    """What each job returns; None where it raised or ended its process. Stops when the time is over."""
    deadline = time.monotonic() + seconds
    waiting, running = iter(jobs), deque[Child]()
    try:
        while True:
            while len(running) < processors() and (job := next(waiting, None)) is not None:
                running.append(_started(job))
            if not running:
                return
            if not running[0][1].poll(max(0.0, deadline - time.monotonic())):
                return
            yield _received(running[0][1])
            _end(*running.popleft())
    finally:
        for child in running:
            _end(*child)


def _started(job: Callable[[], Any]) -> Child:
    receive, send = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_work, args=(job, send))
    process.start()
    send.close()
    return process, receive


def _work(job: Callable[[], Any], send: Connection) -> None:
    torch.set_num_threads(1)  # the threads of the parent are not there any more
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):  # what a model prints or warns of was told by the run that is mended
        os.dup2(nowhere, stream)
    try:
        send.send(job())
    finally:
        os._exit(0)


def _received(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        return None


def _end(process: Any, pipe: Connection) -> None:
    pipe.close()
    process.kill()
    process.join()
