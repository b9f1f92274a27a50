"""Another number where one of two sizes that disagree is set: a name in scope, less arithmetic, a literal.

`g=self.num_heads // 2` becomes `g=self.num_heads`, `nn.Linear(512, …)` takes the 256 that arrive. Wanted
is the one size where the other stands now, or what stands there scaled by how they differ.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

SIMPLER, NAME, PRODUCT, LITERAL = 0.0, 0.6, 1.2, 0.8  # surprise of each kind of replacement
STEP, TIMES, FACTOR = 0.7, 0.9, 1.4  # of one more step of arithmetic, of a multiple, of another literal in it
BESIDE = 0.3  # of a name that another argument has already
MULTIPLE = 4  # the largest number that is written as one
UNRELATED = 0.8  # of a size that neither side of the mismatch tells


def propose(problem: Problem) -> Iterator[Candidate]:
    """One number changed on a line involved."""
    if not problem.crashed:
        return
    for site in problem.sites:
        for node in site.numbers():
            for text, surprise in _instead(site, node, problem):
                title = "write {} instead of {}".format(*_in_full(site, node, text))
                surprise += BESIDE * _stands_beside(site, node, text)
                yield Candidate(title, (site.edit(node, text),), surprise + site.further)


def _in_full(site: Site, node: ast.expr, text: str) -> tuple[str, str]:
    """The new text and the old, with the arithmetic around a number: alone it says little."""
    old, whole = site.text(node), _around(site, node)
    if whole is None:
        return text, old
    written, start = site.text(whole), site.span(node).column - site.span(whole).column
    if not written.startswith(old, start):
        return text, old
    return written[:start] + text + written[start + len(old) :], written


def _stands_beside(site: Site, node: ast.expr, text: str) -> bool:
    """Whether another argument of the same call is written so: those of `LSTM(emb, hidden)` differ."""
    calls = (call for call in site.calls() if node in call.args)
    return any(text == site.text(other) for call in calls for other in call.args if other is not node)


def _instead(site: Site, node: ast.expr, problem: Problem) -> Iterator[tuple[str, float]]:
    value = site.value(node)
    assert value is not None
    wanted = _wanted(value, problem)
    for size, surprise in wanted.items():
        for text, more in _expressions(site, node, size):
            yield text, surprise + more
    if isinstance(node, ast.BinOp):
        for part in (node.left, node.right):
            if site.value(part) not in (None, *wanted):
                yield site.text(part), UNRELATED
    if problem.finding.code == "SD103" and isinstance(node, ast.Constant) and _is_part(site, node):
        yield from ((str(other), UNRELATED) for other in (value + 1, value - 1) if other > 0)


def _wanted(value: int, problem: Problem) -> dict[int, float]:
    """Sizes that may belong where `value` stands, with how surprising each is."""
    found: dict[int, float] = {}
    for left, right in itertools.permutations(problem.disagreeing, 2):
        if value == left:
            found.setdefault(right, 0.0)
        if value * right % left == 0:
            found.setdefault(value * right // left, 0.5)
        found.setdefault(value + right - left, 1.5)
    return {size: surprise for size, surprise in found.items() if size > 0 and size != value}


def _expressions(site: Site, node: ast.expr, size: int) -> Iterator[tuple[str, float]]:
    """What comes to a size here, in the user's own names."""
    if isinstance(node, ast.BinOp):
        for part in (node.left, node.right):
            if site.value(part) == size:
                yield site.text(part), SIMPLER
    names = {name: value for name, value in site.scope.sizes.items() if value > 1}
    yield from ((name, NAME) for name, value in names.items() if value == size)
    for left, right in itertools.combinations(names, 2):
        if names[left] * names[right] == size:
            yield _inside(site, node, f"{left} * {right}"), PRODUCT
    if isinstance(node, ast.Constant):
        yield str(size), FACTOR if _is_part(site, node) else LITERAL
    else:
        yield from _stepped(site, node, size)


def _stepped(site: Site, node: ast.expr, size: int) -> Iterator[tuple[str, float]]:
    """One more or less, twice, squared: what a written expression lacks most often."""
    value, text = site.value(node), site.text(node)
    assert value is not None
    atom = f"({text})" if isinstance(node, ast.BinOp) else text
    if 0 < abs(size - value) <= MULTIPLE:
        sign = "+" if size > value else "-"
        yield _inside(site, node, f"{text} {sign} {abs(size - value)}"), STEP + 0.1 * abs(size - value)
    if value > 1 and size == value**2:
        yield f"{atom}**2", STEP
    if value > 1 and size % value == 0 and size // value <= MULTIPLE:
        yield _inside(site, node, f"{size // value} * {atom}"), TIMES
    if size > 1 and value % size == 0 and value // size <= MULTIPLE:
        yield _inside(site, node, f"{atom} // {value // size}"), FACTOR


def _inside(site: Site, node: ast.expr, text: str) -> str:
    """Arithmetic, in brackets where it becomes part of other arithmetic."""
    return f"({text})" if _is_part(site, node) else text


def _is_part(site: Site, node: ast.expr) -> bool:
    """Whether an expression is a side of other arithmetic."""
    return _around(site, node) is not None


def _around(site: Site, node: ast.expr) -> ast.expr | None:
    """The arithmetic that an expression is a side of."""
    wholes = (part for part in site.nodes(ast.BinOp) if node in (part.left, part.right))
    return next(wholes, None)
