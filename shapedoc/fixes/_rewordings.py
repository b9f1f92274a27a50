"""Patterns one change away from another: names or groups exchanged, moved, added or left out.

>>> "b n c -> b n c" in dict(reordered("b n c -> b c n"))
True
>>> [text for text, _ in recounted("c h w -> b (h w) c") if text.startswith("b c")]
['b c h w -> b (h w) c']
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

SWAPPED_INSIDE, COUNTED, SWAPPED, MOVED = 0.5, 0.7, 0.6, 1.6  # surprise of each kind of change
ASIDE = 0.1  # of a name that comes after another one than on the other side
ONE = 0.5  # of a dimension of size 1
LEFT = 0.1  # of a change of what comes in
MOST_NAMES = 9

Change = tuple[str, float]  # a pattern and its surprise

_NAME = re.compile(r"\.\.\.|\w+")
_TOKEN = re.compile(rf"{_NAME.pattern}|[()]")
_PART = re.compile(rf"\([^()]*\)|{_NAME.pattern}")


def parts_of(side: str) -> list[str]:
    """The dimensions of a side.

    >>> parts_of("b (h d) n")
    ['b', '(h d)', 'n']
    """
    return [part[0] for part in _PART.finditer(side)]


def crossings(pattern: str) -> int:
    """How many pairs of names stand in another order on the right.

    >>> crossings("b n (h d) -> b h n d"), crossings("b n d -> b (n d)")
    (1, 0)
    """
    left, right = (_NAME.findall(side) for side in pattern.split("->"))
    kept = [left.index(name) for name in right if name in left]
    return sum(first > second for first, second in itertools.combinations(kept, 2))


def reordered(pattern: str) -> Iterator[Change]:
    """Patterns in which two names or groups of a side change places, or a name moves.

    >>> "b n c -> b n c" in dict(reordered("b n c -> b c n"))
    True
    >>> {"b h n d -> b n (h d)", "b h n d -> (d h) n b"} <= dict(reordered("b h n d -> b n (d h)")).keys()
    True
    """
    return _each_side(pattern, lambda side, other: _rewritten(side))


def recounted(pattern: str, given: Sequence[str] = ()) -> Iterator[Change]:
    """Patterns with a name more or less on one side; `given` are names with a size.

    >>> [text for text, _ in recounted("c h w -> b (h w) c") if text.startswith("b c")]
    ['b c h w -> b (h w) c']
    >>> "n d -> b n d" in dict(recounted("n d -> n d", given=["b"]))
    True
    """
    return _each_side(pattern, lambda side, other: _counted_again(side, other, given))


def grouped(pattern: str) -> Iterator[Change]:
    """Patterns with brackets around names that stand side by side.

    >>> [text for text, _ in grouped("b h d n -> b n h d") if text.startswith("b h d n -> b n")]
    ['b h d n -> b n (h d)']
    """
    return _each_side(pattern, _grouped)


def _each_side(pattern: str, change: Callable[[str, str], Iterable[Change]]) -> Iterator[Change]:
    left, right = (side.strip() for side in pattern.split("->"))
    for new, surprise in change(right, left):
        yield f"{left} -> {new}", surprise
    if "," not in left:
        for new, surprise in change(left, right):
            yield f"{new} -> {right}", surprise + LEFT


def _rewritten(side: str) -> Iterator[Change]:
    if " " not in side and len(side) > 1 and "(" not in side:
        yield from ((text, SWAPPED) for text in _letters(side))
        return
    names = [token for token in _TOKEN.finditer(side) if token[0] not in "()"]
    if len(names) > MOST_NAMES:
        return
    for first, second in itertools.combinations(names, 2):
        inside = _in_one_group(side, first.start(), second.start())
        yield _exchanged(side, first, second), SWAPPED_INSIDE if inside else SWAPPED
    parts = list(_PART.finditer(side))
    for first, second in itertools.combinations(parts, 2):
        yield _exchanged(side, first, second), SWAPPED
    if "(" in side:
        yield from ((text, MOVED) for text in _moved([token[0] for token in _TOKEN.finditer(side)]))


def _counted_again(side: str, other: str, given: Sequence[str]) -> Iterator[Change]:
    """With a name that only the other side has, or without one that it lacks."""
    own, others = set(_NAME.findall(side)), _NAME.findall(other)
    missing = [name for name in dict.fromkeys((*others, *given)) if name not in own]
    parts = parts_of(side)
    for at in range(len(parts) + 1):
        yield " ".join([*parts[:at], "1", *parts[at:]]), COUNTED + ONE
        for name in missing:
            aside = name in others and _before(name, others) != (parts[at - 1] if at else "")
            yield " ".join([*parts[:at], name, *parts[at:]]), COUNTED + ASIDE * aside
    for at, part in enumerate(parts):
        if part not in others:
            yield " ".join([*parts[:at], *parts[at + 1 :]]), COUNTED


def _grouped(side: str, other: str) -> Iterator[Change]:
    parts = parts_of(side)
    for start, end in itertools.combinations(range(len(parts) + 1), 2):
        inside = parts[start:end]
        if end - start > 1 and not any("(" in part for part in inside):
            text = " ".join([*parts[:start], f"({' '.join(inside)})", *parts[end:]])
            yield text, COUNTED + ASIDE * (end - start - 2)


def _before(name: str, names: list[str]) -> str:
    at = names.index(name)
    return names[at - 1] if at else ""


def _letters(side: str) -> Iterator[str]:
    """An einsum's side, whose names are single letters."""
    spots = [index for index, letter in enumerate(side) if letter.isalpha()]
    for first, second in itertools.combinations(spots, 2):
        letters = list(side)
        letters[first], letters[second] = letters[second], letters[first]
        yield "".join(letters)


def _in_one_group(side: str, first: int, second: int) -> bool:
    before = side[:first]
    return before.count("(") > before.count(")") and not set("()") & set(side[first:second])


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
