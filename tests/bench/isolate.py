"""A call in a forked process of its own, bounded in time and memory; what goes wrong there is a value here.

>>> isolated(lambda: 6 * 7).value
42
>>> isolated(lambda: 1 / 0).error
'ZeroDivisionError: division by zero'
>>> import os
>>> isolated(lambda: os._exit(3)).error
'the process ended with status 3'

The fork keeps what its parent has imported, so that a model costs its own time and not that of its package.
"""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

GIGABYTE = 1 << 30


@dataclass(frozen=True)
class Outcome:
    """What came back: `error` is empty when all went well."""

    value: Any = None
    error: str = ""


def isolated(work: Callable[[], Any], timeout: float = 120.0, gigabytes: float = 4.0) -> Outcome:
    """Run `work` in a fork. Its return value must be picklable."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_run, args=(work, sending, int(gigabytes * GIGABYTE)))
    process.start()
    sending.close()
    try:
        return _receive(receiving, process, timeout)
    finally:
        process.kill()
        process.join()


def _receive(receiving: Connection, process: Any, timeout: float) -> Outcome:
    if not receiving.poll(timeout):
        return Outcome(error=f"no end after {timeout:g} s")
    try:
        outcome: Outcome = receiving.recv()
    except EOFError:
        process.join()
        return Outcome(error=f"the process ended with status {process.exitcode}")
    return outcome


def _run(work: Callable[[], Any], sending: Connection, bytes_allowed: int) -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (bytes_allowed, bytes_allowed))
    try:
        outcome = Outcome(work())
    except BaseException as error:  # the models are other people's code; even SystemExit is only an answer
        outcome = Outcome(error=one_line(error))
    sending.send(outcome)


def one_line(error: BaseException) -> str:
    """The error's kind and the start of its first line that says something."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0][:160]}" if lines else type(error).__name__
