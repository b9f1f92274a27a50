"""The sum of what `torch.cat` joined, for a layer that takes the one part only: `cin + skip` for `cin`."""

from __future__ import annotations

from collections.abc import Iterator

from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site
from shapedoc.trace.layouts import canonical

LIKELY = 0.4


def propose(problem: Problem) -> Iterator[Candidate]:
    """One size on a line involved, with the name of another added."""
    if _is_joined(problem):
        for site in problem.sites:
            for node in site.numbers():
                for name in _missing(site, site.value(node), problem.disagreeing):
                    text = f"{site.text(node)} + {name}"
                    title = f"write {text} instead of {site.text(node)}"
                    yield Candidate(title, (site.edit(node, text),), LIKELY + site.further)


def _is_joined(problem: Problem) -> bool:
    inputs = problem.op.inputs() if problem.crashed and problem.op else ()
    return any(var.op is not None and canonical(var.op.name) == "cat" for var in inputs)


def _missing(site: Site, value: int | None, sizes: list[int]) -> Iterator[str]:
    """Names of what a size lacks to be another one."""
    return (name for name, more in site.scope.sizes.items() if value in sizes and value + more in sizes)
