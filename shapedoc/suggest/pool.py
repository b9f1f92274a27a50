"""Many models in one worker, several at a time; one that breaks it hides none of the others."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from shapedoc.client.process import Job, Worker
from shapedoc.core.report import Report
from shapedoc.core.request import Request


def run_all(
    requests: Iterable[Request], python: str, folder: Path, jobs: int
) -> Iterator[tuple[Request, Report]]:
    """Each report as its run ends. What ran when the worker died runs again, alone: one of them did it."""
    together, alone = deque(requests), deque[Request]()
    while together or alone:
        waiting, width = (together, jobs) if together else (alone, 1)
        with Worker(python, folder) as worker:
            for job, report in _served(worker, waiting, width):
                if width > 1 and not worker.alive and not job.answer.exists():
                    alone.append(job.request)
                else:
                    yield job.request, report


def _served(worker: Worker, waiting: deque[Request], width: int) -> Iterator[tuple[Job, Report]]:
    """Keep a worker busy until nothing waits, or it is dead."""
    under_way = 0
    while under_way or (waiting and worker.alive):
        while waiting and under_way < width and worker.alive:
            worker.begin(waiting.popleft())
            under_way += 1
        if under_way and (ended := worker.ended()):
            under_way -= 1
            yield ended
