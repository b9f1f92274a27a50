"""`repeat_interleave` for `repeat` or the reverse, so that the rows stand in the order the others have."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import atom
from shapedoc.fixes._problem import Problem, Site

LIKELY = 0.2


def propose(problem: Problem) -> Iterator[Candidate]:
    """A repetition on a line involved."""
    for site in problem.sites:
        for call in site.calls("repeat", "tile", "repeat_interleave"):
            text = _other(site, call)
            if text is not None:
                title = f"write {text} instead of {site.text(call)}"
                yield Candidate(title, (site.edit(call, text),), LIKELY + site.further)


def _other(site: Site, call: ast.Call) -> str | None:
    """The same sizes in the other order."""
    if not isinstance(call.func, ast.Attribute) or any(isinstance(arg, ast.Starred) for arg in call.args):
        return None
    source = atom(site, call.func.value)
    if call.func.attr == "repeat_interleave":
        return _tiled(site, call, source)
    counts = _listed(call)
    more = [(at, count) for at, count in enumerate(counts) if site.value(count) != 1]
    if len(more) != 1 or site.rank_of(call.func.value) not in (None, len(counts)):
        return None
    [(dim, count)] = more
    return f"{source}.repeat_interleave({site.text(count)}, dim={dim})"


def _listed(call: ast.Call) -> list[ast.expr]:
    first = call.args[0] if call.args else None
    return list(first.elts) if isinstance(first, ast.Tuple | ast.List) else list(call.args)


def _tiled(site: Site, call: ast.Call, source: str) -> str | None:
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    count = call.args[0] if call.args else given.get("repeats")
    dim = call.args[1] if len(call.args) > 1 else given.get("dim")
    rank, at = site.rank_of(call), site.value(dim) if dim is not None else None
    if count is None or rank is None or at is None:
        return None
    counts = ["1"] * rank
    counts[at] = site.text(count)
    return f"{source}.repeat({', '.join(counts)})"
