"""Fixes: edits of the user's source, proposed by one module each, found by walking this package.

A generator is a module with `propose(problem)`, which yields candidates: it knows a kind of mistake
and how it is put right, by the axes, the values in scope and the syntax at the lines involved. It may
be generous, because a candidate is shown only once the patched model has run. `surprise` orders them:
how unlikely an edit seems before it is tried, 0 for what the evidence itself spells out.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Protocol

from shapedoc.core.report import Edit
from shapedoc.core.text import difference
from shapedoc.fixes._problem import Problem
from shapedoc.trace.places import is_editable

__all__ = ["Candidate", "Generator", "Problem", "all_generators", "proposals"]

MOST = 80  # candidates worth trying for one finding
CHARACTER, LONG = 0.02, 25  # surprise of each character changed, of so many at most


@dataclass(frozen=True)
class Candidate:
    """Edits that may mend a finding, in words, and how unlikely they seem (before `proposals`, without
    their length)."""

    title: str
    edits: tuple[Edit, ...]
    surprise: float


class Generator(Protocol):
    """A module of this package."""

    def propose(self, problem: Problem) -> Iterable[Candidate]:
        """Edits that may mend it, in any order."""


@cache
def all_generators() -> tuple[Generator, ...]:
    """Every generator."""
    names = sorted(found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_"))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def proposals(problem: Problem) -> tuple[Candidate, ...]:
    """Candidates of all generators, the likeliest first, each edit once, none of a library's file.

    One without edits is advice, for what no edit of a line mends; it stands as it is, at the end.
    """
    found = [candidate for generator in all_generators() for candidate in generator.propose(problem)]
    kept: dict[tuple[Edit, ...], Candidate] = {}
    for candidate in sorted(map(_weighed, found), key=lambda candidate: candidate.surprise):
        if _changes_something_of_the_users(candidate):
            kept.setdefault(candidate.edits, candidate)
    advice = (candidate for candidate in found if not candidate.edits)
    return (*tuple(kept.values())[:MOST], *advice)


def _changes_something_of_the_users(candidate: Candidate) -> bool:
    edits = candidate.edits
    return bool(edits) and all(
        is_editable(edit.span.path) and edit.replacement != edit.original for edit in edits
    )


def _weighed(candidate: Candidate) -> Candidate:
    """With the characters it changes added to its surprise."""
    differences = (difference(edit.original, edit.replacement) for edit in candidate.edits)
    changed = sum(end - start for start, end in differences)
    return replace(candidate, surprise=candidate.surprise + CHARACTER * min(changed, LONG))
