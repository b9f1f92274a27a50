"""Conditions that do not hold are told in terms of the dimension they are about."""

from __future__ import annotations

from typing import Any

import pytest

from shapedoc.core.conditions import Condition, check
from shapedoc.core.expressions import parse
from shapedoc.core.matching import match
from shapedoc.core.mismatch import Bindings, Fault, Mismatch, Position
from shapedoc.core.notation import parse_signature

SIGNATURE = parse_signature("q[b h s d], k[b g t d]")
SHAPES = {"q": (2, 8, 16, 4), "k": (2, 3, 20, 4)}
ARGUMENTS = {"kernel_size": 7, "groups": 3, "dim": -1, "gqa": True, "size": (5, 5, 5)}

BROKEN: list[tuple[str, Fault, str, int | None, str, tuple[int, ...], int | None, Position | None, str]] = [
    ("d == kernel_size", Fault.SIZE, "q", 3, "d", (7,), 4, None, "kernel_size"),
    ("g == h", Fault.SIZE, "k", 1, "h", (8,), 3, Position("q", 1), "h"),
    ("q[dim] == 5", Fault.SIZE, "q", 3, "", (5,), 4, None, "q[dim] == 5"),
    ("len(q) == 3", Fault.RANK, "q", None, "", (3,), 4, None, "len(q) == 3"),
    ("not gqa or h % g == 0", Fault.DIVIDE, "q", 1, "h", (3,), 8, Position("k", 1), "g"),
    ("h % (groups * 2) == 0", Fault.DIVIDE, "q", 1, "h", (6,), 8, None, "h % (groups * 2) == 0"),
    ("s >= 3 * kernel_size", Fault.WHERE, "q", 2, "", (21,), 16, None, "s >= 3 * kernel_size"),
    ("len(size) == len(q)", Fault.WHERE, "", None, "", (4,), 3, Position("q", None), "len(size) == len(q)"),
]


@pytest.mark.parametrize(
    ("text", "fault", "operand", "dim", "axis", "expected", "found", "by", "expression"), BROKEN
)
def test_a_broken_condition_is_data(
    text: str,
    fault: Fault,
    operand: str,
    dim: Any,
    axis: str,
    expected: Any,
    found: Any,
    by: Any,
    expression: str,
) -> None:
    bound = match(SIGNATURE, SHAPES, ARGUMENTS)
    assert isinstance(bound, Bindings)
    broken = check([Condition(parse("h == 8")), Condition(parse(text))], bound)
    assert isinstance(broken, Mismatch)
    assert (broken.fault, broken.operand, broken.dim) == (fault, operand, dim)
    assert (broken.expected, broken.found, broken.bound_by) == (expected, found, by)
    assert broken.expression == expression
    if fault is not Fault.WHERE:
        assert broken.axis == axis


def test_the_first_broken_condition_is_told() -> None:
    bound = match(SIGNATURE, SHAPES, ARGUMENTS)
    assert isinstance(bound, Bindings)
    broken = check([Condition(parse("h == 7"), "seven heads"), Condition(parse("d == 5"))], bound)
    assert broken is not None and (broken.found, broken.words) == (8, "seven heads")


def test_a_condition_on_what_is_unknown_holds() -> None:
    bound = match(SIGNATURE, SHAPES, {})
    assert isinstance(bound, Bindings)
    assert check([Condition(parse("d == kernel_size"))], bound) is None
