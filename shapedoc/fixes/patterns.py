"""Another order of axes in an einops or einsum pattern: two names change places, or a name moves.

`"b n (h d) -> b h n d"` is tried with every two names of one side exchanged, and with a name moved
into, out of or within its brackets.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator

from shapedoc.core.mismatch import Mismatch
from shapedoc.core.pattern_matching import match_pattern
from shapedoc.core.patterns import PatternError, parse_pattern
from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem, Site, bare_name
from shapedoc.trace.recorder import Var

CALLS = ("rearrange", "reduce", "repeat", "einsum", "Rearrange", "Reduce", "EinMix", "pack", "unpack")
SWAPPED_INSIDE, SWAPPED, MOVED = 0.5, 0.8, 1.6  # surprise of each kind of change
FURTHER = 0.15
MOST_NAMES = 9

_TOKEN = re.compile(r"\.\.\.|\w+|[()]")


def propose(problem: Problem) -> Iterator[Candidate]:
    """One pattern changed on a line involved."""
    for site in problem.sites:
        for node in _patterns(site):
            pattern = node.value
            assert isinstance(pattern, str)
            for text, surprise in neighbours(pattern):
                if not _fits(site, node, text):
                    continue
                title = f"write the pattern as {text!r}"
                written = _quoted_like(site.text(node), pattern, text)
                yield Candidate(title, (site.edit(node, written),), surprise + FURTHER * site.rank)


def _fits(site: Site, node: ast.expr, pattern: str) -> bool:
    """Whether einops would take the tensor there with a pattern, as far as is known."""
    call = next(call for call in site.nodes(ast.Call) if node in call.args)  # type: ignore[attr-defined]
    op = site.op_of(call)
    if op is None or not op.name.startswith("einops.") or not isinstance(op.args[0], Var):
        return True
    sizes = {name: size for name, size in op.kwargs.items() if isinstance(size, int)}
    try:
        parsed = parse_pattern(pattern, op.name.removeprefix("einops."))
    except PatternError:
        return False
    return not isinstance(match_pattern(parsed, op.args[0].shape, sizes), Mismatch)


def _patterns(site: Site) -> Iterator[ast.Constant]:
    for call in site.nodes(ast.Call):
        assert isinstance(call, ast.Call)
        if bare_name(call) in CALLS:
            for arg in call.args:
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and "->" in arg.value:
                    yield arg


def _quoted_like(written: str, old: str, new: str) -> str:
    return written.replace(old, new) if old in written else repr(new)


def neighbours(pattern: str) -> Iterator[tuple[str, float]]:
    """Patterns one change away, each with its surprise.

    >>> [text for text, _ in neighbours("b n c -> b c n") if text.startswith("b n c")]
    ['b n c -> c b n', 'b n c -> n c b', 'b n c -> b n c']
    """
    left, _, right = pattern.partition("->")
    for new, surprise in _rewritten(right):
        yield f"{left}->{new}", surprise
    if "," in left:
        return
    for new, surprise in _rewritten(left):
        yield f"{new}->{right}", surprise + 0.1


def _rewritten(side: str) -> Iterator[tuple[str, float]]:
    """One side of a pattern with two names exchanged, or one moved."""
    found = list(_TOKEN.finditer(side))
    names = [token for token in found if token[0] not in "()"]
    if len(names) > MOST_NAMES:
        return
    if " " not in side.strip() and len(side.strip()) > 1:
        yield from ((text, SWAPPED) for text in _letters(side))
        return
    for first, second in itertools.combinations(names, 2):
        inside = _depth(side, first.start()) and _depth(side, second.start())
        yield _exchanged(side, first, second), SWAPPED_INSIDE if inside else SWAPPED
    tokens = [token[0] for token in found]
    if "(" in tokens:
        ends = side[: len(side) - len(side.lstrip())], side[len(side.rstrip()) :]
        yield from ((f"{ends[0]}{text}{ends[1]}", MOVED) for text in _moved(tokens))


def _letters(side: str) -> Iterator[str]:
    """An einsum's side, whose names are single letters."""
    spots = [index for index, letter in enumerate(side) if letter.isalpha()]
    for first, second in itertools.combinations(spots, 2):
        letters = list(side)
        letters[first], letters[second] = letters[second], letters[first]
        yield "".join(letters)


def _depth(side: str, position: int) -> bool:
    before = side[:position]
    return before.count("(") > before.count(")")


def _exchanged(side: str, first: re.Match[str], second: re.Match[str]) -> str:
    return (
        side[: first.start()]
        + second[0]
        + side[first.end() : second.start()]
        + first[0]
        + side[second.end() :]
    )


def _moved(tokens: list[str]) -> Iterator[str]:
    """A name in another place, where that changes a group."""
    for at, name in enumerate(tokens):
        if name in "()":
            continue
        rest = tokens[:at] + tokens[at + 1 :]
        for to in range(len(rest) + 1):
            moved = [*rest[:to], name, *rest[to:]]
            if moved != tokens:
                yield (
                    " ".join(moved)
                    .replace("( ", "(")
                    .replace(" )", ")")
                    .replace("() ", "")
                    .replace(" ()", "")
                )
