"""What a request asks for beside the run of a model: each leaves what it found in the run."""

from __future__ import annotations

from shapedoc.core.request import Request
from shapedoc.trace.backward import breaches_of
from shapedoc.trace.execution import Run


def look_further(request: Request, finished: Run) -> None:
    """Do what was asked for, for the rules to judge."""
    if request.backward:
        finished.breaches = breaches_of(finished)
