"""Patterns of einops as lists, written back as they were."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from . import Source

Side = list[list[str] | str]  # a group is a list
FUNCTIONS = ("rearrange", "repeat", "reduce", "Rearrange", "Reduce")


def patterns(source: Source, *names: str) -> Iterator[ast.Constant]:
    """The patterns of the calls of einops."""
    for call in source.calls(*(names or FUNCTIONS)):
        for value in [*call.args, *(word.value for word in call.keywords)]:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and "->" in value.value:
                yield value


def parsed(side: str) -> Side:
    """
    >>> parsed("b (h d) n")
    ['b', ['h', 'd'], 'n']
    """
    found = re.findall(r"\(([^)]*)\)|(\S+)", side)
    return [name or group.split() for group, name in found]


def written(side: Side) -> str:
    """
    >>> written(['b', ['h', 'd'], 'n'])
    'b (h d) n'
    """
    return " ".join(item if isinstance(item, str) else f"({' '.join(item)})" for item in side)


def swapped(items: list) -> Iterator[list]:
    """The list with two neighbours the other way round, each pair in its turn."""
    for at in range(len(items) - 1):
        yield [*items[:at], items[at + 1], items[at], *items[at + 2 :]]


def orders(side: Side) -> Iterator[Side]:
    """A side with two neighbours the other way round: in the whole, or in one of its groups."""
    yield from swapped(side)
    for at, group in enumerate(side):
        if isinstance(group, list):
            yield from ([*side[:at], other, *side[at + 1 :]] for other in swapped(group))


def quoted(pattern: ast.Constant, source: Source, left: Side, right: Side) -> str:
    """The pattern of two sides, in the quotes of the old one."""
    quote = source.at(pattern)[0]
    return f"{quote}{written(left)} -> {written(right)}{quote}"
