"""Expressions: a closed language in which unknown names settle nothing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapedoc.core.expressions import ExpressionError, evaluate, failing, fill_in, holds, names_in, parse
from shapedoc.core.terms import UNKNOWN

VALUES = [
    ("1 + 2 * 3 - 8 // 3 % 2", {}, 7),
    ("-x", {"x": 2}, -2),
    ("2 <= x < 4", {"x": 3}, True),
    ("x[0] == x[-1]", {"x": (2, 3, 2)}, True),
    ("mode in ('bilinear', 'bicubic')", {"mode": "bicubic"}, True),
    ("len(x) not in (3, 4)", {"x": (1, 2)}, True),
    ("prod(x)", {"x": ()}, 1),
    ("pair(k)", {"k": 3}, (3, 3)),
    ("pair(k)", {"k": (3,)}, (3, 3)),
    ("triple(k)[2]", {"k": (1, 2, 3)}, 3),
    ("max(min(a, b), abs(c))", {"a": 1, "b": 2, "c": -5}, 5),
    ("not training or c > 1", {"training": False}, True),
    ("training and c > 1", {"training": False}, False),
]


@pytest.mark.parametrize(("text", "names", "value"), VALUES)
def test_an_expression_has_the_value_python_would_give_it(
    text: str, names: dict[str, Any], value: Any
) -> None:
    assert evaluate(parse(text), names) == value


UNKNOWNS = [
    ("x + 1", {"x": None}),
    ("x == y", {"x": 1}),
    ("not x", {}),
    ("x > 1 or y", {"x": 0}),
    ("pair(k)[0]", {"k": "same"}),
    ("pair(k)", {"k": (1, 2, 3)}),
    ("x * 2", {"x": "ab"}),
    ("x * 1000000000", {"x": (1,)}),
    ("x // g", {"x": 4, "g": 0}),
    ("x[5]", {"x": (1, 2)}),
    ("x < y", {"x": 1, "y": (1, 2)}),
]


@pytest.mark.parametrize(("text", "names"), UNKNOWNS)
def test_what_cannot_be_known_is_unknown_and_holds(text: str, names: dict[str, Any]) -> None:
    assert evaluate(parse(text), names) is UNKNOWN
    assert holds(parse(text), names)


REFUSED = [
    ("", None),
    ("x +", None),
    ("k == open('x')", 6),
    ("x.shape", 1),
    ("(lambda: 1)()", 1),
    ("[y for y in x]", 1),
    ("x ** 9", 1),
    ("x if y else z", 1),
    ("f'{x}'", 1),
    ("x == None", 6),
    ("min(x, key=y)", 1),
    ("x := 1", 3),
    ("x; y", 2),
    ("   x.y", 4),
    ("x[1:2]", 3),
    ("~x", 1),
    ("x is y", 1),
    ("x\0", 1),
    ("(" * 300 + "x" + ")" * 300, None),
    ("-" * 5000 + "x", None),
]


@pytest.mark.parametrize(("text", "column"), REFUSED)
def test_anything_else_is_refused_where_it_stands(text: str, column: int | None) -> None:
    with pytest.raises(ExpressionError) as raised:
        parse(text)
    assert column is None or raised.value.column == column


@given(st.text(max_size=40))
def test_no_text_is_executed_or_fails_otherwise(text: str) -> None:
    try:
        evaluate(parse(text), {})
    except ExpressionError as error:
        assert error.column >= 1


def test_names_are_listed_without_functions() -> None:
    assert names_in(parse("prod(x) == len(y[z]) and w")) == {"x", "y", "z", "w"}


def test_numbers_are_filled_in_and_the_failing_comparison_is_found() -> None:
    names = {"a": 1, "b": 2, "k": 5}
    condition = parse("a == 1 and pair(k)[0] >= 3 * b")
    assert fill_in(condition.root, names) == "1 == 1 and 5 >= 6"
    blamed = failing(condition, names)
    assert blamed is not None
    assert fill_in(blamed, names) == "5 >= 6"
