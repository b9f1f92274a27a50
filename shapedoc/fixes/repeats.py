"""`repeat_interleave` for `repeat` or the reverse, so that the rows stand in the order the others have."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from shapedoc.core.calls import bare_name
from shapedoc.fixes import Candidate
from shapedoc.fixes._edits import atom, tensor_and_rest
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

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
    """The same sizes in the other order; nothing for einops' function of that name, which takes a pattern."""
    tensor, rest = tensor_and_rest(site, call)
    if tensor is None or any(isinstance(size, ast.Constant) and isinstance(size.value, str) for size in rest):
        return None
    source = atom(site, tensor)
    return f"{source}.{made}" if (made := _turned(site, call, tensor, rest)) else None


def _turned(site: Site, call: ast.Call, tensor: ast.expr, rest: list[ast.expr]) -> str:
    if bare_name(call) == "repeat_interleave":
        return _tiled(site, call, rest)
    more = [(at, count) for at, count in enumerate(rest) if site.value(count) != 1]
    if len(more) != 1 or site.rank_of(tensor) not in (None, len(rest)):
        return ""
    [(dim, count)] = more
    return f"repeat_interleave({site.text(count)}, dim={dim})"


def _tiled(site: Site, call: ast.Call, rest: list[ast.expr]) -> str:
    named = {given.arg: given.value for given in call.keywords}
    given = dict(zip(("repeats", "dim"), rest, strict=False)) | named
    rank, dim = site.rank_of(call), site.value(given["dim"]) if "dim" in given else None
    if "repeats" not in given or rank is None or dim is None:
        return ""
    counts = ["1"] * rank
    counts[dim] = site.text(given["repeats"])
    return f"repeat({', '.join(counts)})"
