"""Another einops or einsum pattern, one change away: two names change places, or one moves, comes or goes.

`"b n (h d) -> b h n d"` is tried with every two names or groups of one side exchanged, with a name moved
into, out of or within its brackets, with a name that one side lacks, and with brackets. Likelier
are patterns that call dimensions what they were called before, and keep the order they came in.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from shapedoc.core.axes import name_of
from shapedoc.core.calls import bare_name
from shapedoc.core.mismatch import Mismatch, Shape
from shapedoc.core.pattern_matching import match_pattern, result_shape
from shapedoc.core.patterns import PatternError, parse_pattern
from shapedoc.core.report import Edit
from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._rewordings import Change, crossings, grouped, parts_of, recounted, reordered
from shapedoc.fixes._sites import Site
from shapedoc.trace.recorder import Op, Var

OPERATIONS = ("rearrange", "reduce", "repeat")
CALLS = (*OPERATIONS, "Rearrange", "Reduce", "einsum", "EinMix", "pack", "unpack")
UNLIKE = 0.15  # surprise of a dimension that is called otherwise than where it comes from
CROSSED = 0.06  # of two names in another order than they came in
RESIZED = 0.4  # of another shape than the rest of the model took


def propose(problem: Problem) -> Iterator[Candidate]:
    """One pattern changed on a line involved."""
    for site in problem.sites:
        for use in _uses(site):
            for text, surprise in _others(problem, use):
                if use.shape(text) != ():
                    surprise += _oddity(problem, use, text) - _oddity(problem, use, use.text)
                    title = f"write the pattern as {text!r}"
                    yield Candidate(title, (use.edit(text),), surprise + site.further)


@dataclass(frozen=True)
class _Use:
    """A call with a pattern."""

    site: Site
    call: ast.Call
    node: ast.Constant

    @property
    def text(self) -> str:
        return str(self.node.value)

    @property
    def op(self) -> Op | None:
        return self.site.op_of(self.call) or self.site.op_within(self.call)

    @property
    def tensor(self) -> Var | None:
        """What it is used on, where that is one tensor."""
        op = self.op
        one = op.args[0] if op is not None and op.name.startswith("einops.") else None
        return one if isinstance(one, Var) else None

    def shape(self, text: str) -> Shape | None:
        """The shape that another pattern gives; () where einops refuses it, None where it is not known."""
        name = bare_name(self.call).lower()
        if name not in OPERATIONS:
            return None
        try:
            pattern = parse_pattern(text, name)
        except PatternError:
            return ()
        if self.tensor is None or self.op is None:
            return None
        sizes = {name: size for name, size in self.op.kwargs.items() if isinstance(size, int)}
        found = match_pattern(pattern, self.tensor.shape, sizes)
        return () if isinstance(found, Mismatch) else result_shape(pattern, found)

    def edit(self, text: str) -> Edit:
        written = self.site.text(self.node)
        return self.site.edit(
            self.node, written.replace(self.text, text) if self.text in written else repr(text)
        )


def _uses(site: Site) -> Iterator[_Use]:
    for call in site.calls():
        if bare_name(call) in CALLS:
            for arg in call.args:
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and "->" in arg.value:
                    yield _Use(site, call, arg)


def _others(problem: Problem, use: _Use) -> Iterator[Change]:
    yield from reordered(use.text)
    if problem.crashed:
        yield from grouped(use.text)
    if _is_refused(problem, use):
        yield from recounted(use.text, [given.arg for given in use.call.keywords if given.arg])


def _is_refused(problem: Problem, use: _Use) -> bool:
    """Whether it is this pattern that was not taken."""
    refused = problem.op is not None and use.site.made(problem.op, use.call)
    return problem.crashed and (refused or problem.finding.code == "SD104")


def _oddity(problem: Problem, use: _Use, text: str) -> float:
    """How unlikely a pattern seems for the tensor there, whatever stood there before."""
    tensor = use.tensor
    if tensor is None or tensor.layout is None:
        return CROSSED * crossings(text)
    names, parts = [name_of(dim) for dim in tensor.layout], parts_of(text.split("->")[0])
    unlike = sum(map(str.__ne__, parts, names)) if len(parts) == len(names) else 0
    resized = not problem.crashed and use.shape(text) != use.shape(use.text)
    return CROSSED * crossings(text) + UNLIKE * unlike + RESIZED * resized
