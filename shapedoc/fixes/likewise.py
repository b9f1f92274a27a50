"""The step that one operand went through, for the other one too: kv heads repeated for k and not for v.

Where two operands of a call disagree and one of them was reassigned on a line of its own, the same line is
written for the other.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import added_line
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

LIKELY = 0.0


def propose(problem: Problem) -> Iterator[Candidate]:
    """A line for the operand that lacks it."""
    names = _operands(problem)
    for site in problem.sites:
        match site.node:
            case ast.Assign(targets=[ast.Name(id=own), *_], value=value) if own in names & _names_in(value):
                for other in sorted(names - {own}):
                    text = re.sub(rf"\b{re.escape(own)}\b", other, site.text(site.node))
                    edits = (added_line(site, site.node, text),)
                    yield Candidate(f"do the same with {other}", edits, LIKELY + site.further)


def _operands(problem: Problem) -> set[str]:
    """Variables that the call at fault is given."""
    site: Site | None = next(iter(problem.sites), None)
    calls = site.calls() if site else ()
    return {arg.id for call in calls for arg in call.args if isinstance(arg, ast.Name)}


def _names_in(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
