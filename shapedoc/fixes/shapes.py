"""Another order of the sizes in a view or reshape: `view(b, heads, n, d)` where the memory holds n first."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from shapedoc.core.report import Edit
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import tensor_and_rest
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

SWAPPED = 0.7
CALLS = ("view", "reshape", "unflatten", "expand", "broadcast_to")


def propose(problem: Problem) -> Iterator[Candidate]:
    """Two sizes exchanged on a line involved."""
    for site in problem.sites:
        for call in site.calls(*CALLS):
            for first, second in itertools.combinations(tensor_and_rest(site, call)[1], 2):
                title = f"exchange {site.text(first)} and {site.text(second)} in {site.text(call)}"
                yield Candidate(title, _exchanged(site, first, second), SWAPPED + site.further)


def _exchanged(site: Site, first: ast.expr, second: ast.expr) -> tuple[Edit, ...]:
    return site.edit(first, site.text(second)), site.edit(second, site.text(first))
