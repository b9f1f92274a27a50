"""What a request asks for beside the run of a model: each leaves what it found in the run."""

from __future__ import annotations

from shapedoc.core.request import Request
from shapedoc.trace.attempts import Case
from shapedoc.trace.backward import breaches_of
from shapedoc.trace.execution import Run
from shapedoc.trace.target import Loaded
from shapedoc.trace.toggles import partings_of
from shapedoc.trace.weights import misfits


def look_further(request: Request, loaded: Loaded, case: Case, finished: Run) -> None:
    """Do what was asked for, for the rules to judge."""
    finished.ranks = request.ranks
    if request.weights:
        finished.misfits = misfits(finished, loaded, request.weights)
    if request.backward:
        finished.breaches = breaches_of(finished)
    finished.partings = partings_of(loaded, case, finished, request.toggles)
