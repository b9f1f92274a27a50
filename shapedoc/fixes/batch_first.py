"""`batch_first` of a layer that takes tokens for samples, set the other way where it was constructed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.core.calls import bare_name
from shapedoc.core.report import Edit
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import added_argument
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

LIKELY = 0.1
NAME = "batch_first"


def propose(problem: Problem) -> Iterator[Candidate]:
    """The constructor of every such layer among the lines involved."""
    made = {
        call.made.span(): bool(getattr(call.module, NAME))
        for call in problem.run.trace.modules
        if call.made is not None and hasattr(call.module, NAME)
    }
    for site in problem.sites:
        for call in site.calls():
            now = made.get(site.span(call))
            if now is not None:
                title = f"construct {bare_name(call)} with {NAME}={not now}"
                yield Candidate(title, (_given(site, call, not now),), LIKELY + site.further)


def _given(site: Site, call: ast.Call, value: bool) -> Edit:
    written = next((keyword.value for keyword in call.keywords if keyword.arg == NAME), None)
    return site.edit(written, str(value)) if written else added_argument(site, call, f"{NAME}={value}")
