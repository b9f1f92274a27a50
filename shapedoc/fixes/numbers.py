"""Another number where one of two sizes that disagree is set: a name in scope, less arithmetic, a literal.

`g=self.num_heads // 2` becomes `g=self.num_heads`, `nn.Linear(512, …)` takes the 256 that arrive. Wanted
is the one size where the other stands now, or what stands there scaled by how they differ.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator

from shapedoc.core.mismatch import Fault
from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem
from shapedoc.fixes._sites import Site

SIMPLER, NAME, PRODUCT, LITERAL = 0.0, 0.6, 1.2, 0.8  # surprise of each kind of replacement
STEP, FACTOR = 0.7, 1.4  # of one more step of arithmetic, of another literal in arithmetic
MULTIPLE = 4  # the largest number that is written as one
UNRELATED = 0.8  # of a size that neither side of the mismatch tells


def propose(problem: Problem) -> Iterator[Candidate]:
    """One number changed on a line involved."""
    if not problem.crashed:
        return
    for site in problem.sites:
        for node in _numbers(site):
            for text, surprise in _instead(site, node, problem):
                title = f"write {text} instead of {site.text(node)}"
                yield Candidate(title, (site.edit(node, text),), surprise + site.further)


def _numbers(site: Site) -> Iterator[ast.expr]:
    """Expressions that are sizes: not steps of a power, not an index into something."""
    skipped = {
        id(inner)
        for node in ast.walk(site.node)
        if isinstance(node, ast.Subscript) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow))
        for inner in ast.walk(node.slice if isinstance(node, ast.Subscript) else node.right)
    }
    for node in site.nodes(ast.Constant, ast.Name, ast.Attribute, ast.Subscript, ast.BinOp):
        read = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
        if read and id(node) not in skipped and site.value(node) is not None:
            yield node


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


def _wanted(value: int, problem: Problem) -> dict[int, float]:
    """Sizes that may belong where `value` stands, with how surprising each is."""
    found: dict[int, float] = {}
    for left, right in itertools.permutations(_disagreeing(problem), 2):
        if value == left:
            found.setdefault(right, 0.0)
        if value * right % left == 0:
            found.setdefault(value * right // left, 0.5)
        found.setdefault(value + right - left, 1.5)
    return {size: surprise for size, surprise in found.items() if size > 0 and size != value}


def _disagreeing(problem: Problem) -> list[int]:
    """The sizes that do not agree."""
    mismatch = problem.fault.mismatch if problem.fault else None
    sizes = (mismatch.found, *mismatch.expected) if mismatch else ()
    if mismatch and mismatch.found and mismatch.fault is Fault.RANGE:
        sizes = (max(mismatch.expected) + 1, mismatch.found + 1)  # of the table, and of one that would do
    return list(dict.fromkeys(size for size in sizes if size))


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
        yield _inside(site, node, f"{size // value} * {atom}"), FACTOR
    if size > 1 and value % size == 0 and value // size <= MULTIPLE:
        yield _inside(site, node, f"{atom} // {value // size}"), FACTOR


def _inside(site: Site, node: ast.expr, text: str) -> str:
    """Arithmetic, in brackets where it becomes part of other arithmetic."""
    return f"({text})" if _is_part(site, node) else text


def _is_part(site: Site, node: ast.expr) -> bool:
    """Whether an expression is a side of other arithmetic."""
    return any(node in (part.left, part.right) for part in site.nodes(ast.BinOp))  # type: ignore[attr-defined]
