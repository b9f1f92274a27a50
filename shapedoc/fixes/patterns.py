"""Another einops or einsum pattern, one change away: two names change places, or one moves, comes or goes.

`"b n (h d) -> b h n d"` is tried with every two names or groups of one side exchanged, with a name moved
into, out of or within its brackets, with a name that one side lacks, and with other brackets.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Iterable, Iterator

from shapedoc.core.mismatch import Mismatch
from shapedoc.core.pattern_matching import match_pattern
from shapedoc.core.patterns import PatternError, parse_pattern
from shapedoc.fixes import Candidate
from shapedoc.fixes._problem import Problem, Site, bare_name
from shapedoc.trace.recorder import Var

CALLS = ("rearrange", "reduce", "repeat", "einsum", "Rearrange", "Reduce", "EinMix", "pack", "unpack")
SWAPPED_INSIDE, COUNTED, SWAPPED, MOVED = 0.5, 0.7, 0.6, 1.6  # surprise of each kind of change
MOST_NAMES = 9

Change = tuple[str, float]  # a pattern and its surprise

_NAME = re.compile(r"\.\.\.|\w+")
_TOKEN = re.compile(rf"{_NAME.pattern}|[()]")
_PART = re.compile(rf"\([^()]*\)|{_NAME.pattern}")


def propose(problem: Problem) -> Iterator[Candidate]:
    """One pattern changed on a line involved."""
    for site in problem.sites:
        for node in _patterns(site):
            pattern = node.value
            assert isinstance(pattern, str)
            recounts = recounted(pattern) if _is_refused(problem, site, node) else ()
            for text, surprise in (*reordered(pattern), *recounts):
                if not _fits(site, node, text):
                    continue
                title = f"write the pattern as {text!r}"
                written = _quoted_like(site.text(node), pattern, text)
                yield Candidate(title, (site.edit(node, written),), surprise + site.further)


def _is_refused(problem: Problem, site: Site, node: ast.Constant) -> bool:
    """Whether it is this pattern that was not taken."""
    op = next((site.op_of(call) for call in site.calls() if node in call.args), None)
    return problem.crashed and (op is problem.op or problem.finding.code == "SD104")


def _fits(site: Site, node: ast.expr, pattern: str) -> bool:
    """Whether einops would take the tensor there with a pattern, as far as is known."""
    call = next(call for call in site.calls() if node in call.args)
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
    for call in site.calls():
        if bare_name(call) in CALLS:
            for arg in call.args:
                if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and "->" in arg.value:
                    yield arg


def _quoted_like(written: str, old: str, new: str) -> str:
    return written.replace(old, new) if old in written else repr(new)


def reordered(pattern: str) -> Iterator[Change]:
    """Patterns in which two names or groups of a side change places, or a name moves.

    >>> "b n c -> b n c" in dict(reordered("b n c -> b c n"))
    True
    >>> {"b h n d -> b n (h d)", "b h n d -> (d h) n b"} <= dict(reordered("b h n d -> b n (d h)")).keys()
    True
    """
    return _each_side(pattern, lambda side, other: _rewritten(side))


def recounted(pattern: str) -> Iterator[Change]:
    """Patterns with a name more or less on one side, or with brackets around two.

    >>> [text for text, _ in recounted("c h w -> b (h w) c") if text.startswith("b c")]
    ['b c h w -> b (h w) c']
    """
    return _each_side(pattern, lambda side, other: ((text, COUNTED) for text in _counted_again(side, other)))


def _each_side(pattern: str, change: Callable[[str, str], Iterable[Change]]) -> Iterator[Change]:
    left, right = (side.strip() for side in pattern.split("->"))
    for new, surprise in change(right, left):
        yield f"{left} -> {new}", surprise
    if "," not in left:
        for new, surprise in change(left, right):
            yield f"{new} -> {right}", surprise + 0.1


def _rewritten(side: str) -> Iterator[Change]:
    if " " not in side and len(side) > 1 and "(" not in side:
        yield from ((text, SWAPPED) for text in _letters(side))
        return
    names = [token for token in _TOKEN.finditer(side) if token[0] not in "()"]
    if len(names) > MOST_NAMES:
        return
    for first, second in itertools.combinations(names, 2):
        inside = _depth(side, first.start()) and _depth(side, second.start())
        yield _exchanged(side, first, second), SWAPPED_INSIDE if inside else SWAPPED
    parts = list(_PART.finditer(side))
    for first, second in itertools.combinations(parts, 2):
        yield _exchanged(side, first, second), SWAPPED
    if "(" in side:
        yield from ((text, MOVED) for text in _moved([token[0] for token in _TOKEN.finditer(side)]))


def _counted_again(side: str, other: str) -> Iterator[str]:
    """With a name that only the other side has, without one that it lacks, or with two names in brackets."""
    own, others = set(_NAME.findall(side)), _NAME.findall(other)
    parts = [part[0] for part in _PART.finditer(side)]
    for name in (*(name for name in others if name not in own), "1"):
        for at in range(len(parts) + 1):
            yield " ".join([*parts[:at], name, *parts[at:]])
    for at, part in enumerate(parts):
        if part not in others:
            yield " ".join([*parts[:at], *parts[at + 1 :]])
    for at in range(len(parts) - 1):
        if "(" not in parts[at] + parts[at + 1]:
            yield " ".join([*parts[:at], f"({parts[at]} {parts[at + 1]})", *parts[at + 2 :]])


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
