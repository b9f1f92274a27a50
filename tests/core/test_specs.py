"""Input specs: what each form gives, and where a bad one is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapedoc.core.report import Size
from shapedoc.core.specs import InputSpec, SpecError, parse_named_spec, parse_spec

SPECS: list[tuple[str, str | None, tuple[Size, ...], Any, Any, Any]] = [
    ("2,3,224,224", None, (Size(2), Size(3), Size(224), Size(224)), None, None, None),
    ("7", None, (Size(7),), None, None, None),
    ("()", None, (), None, None, None),
    ("():float32", None, (), "float32", None, None),
    ("2,128:int64[0,32000)", None, (Size(2), Size(128)), "int64", 0, 32000),
    ("2:float32[-1,0.5)", None, (Size(2),), "float32", -1, 0.5),
    ("b=2 c=3", None, (Size(2, "b"), Size(3, "c")), None, None, None),
    ("b=2 t=16:int64[0,100)", None, (Size(2, "b"), Size(16, "t")), "int64", 0, 100),
    ("b=2", None, (Size(2, "b"),), None, None, None),
    ("x=2,3", "x", (Size(2), Size(3)), None, None, None),
    ("x=b=2 c=3", "x", (Size(2, "b"), Size(3, "c")), None, None, None),
    ("x=()", "x", (), None, None, None),
    ("b=2, c=3,d=4 e=5", None, (Size(2, "b"), Size(3, "c"), Size(4, "d"), Size(5, "e")), None, None, None),
    ("mask=2,8:bool", "mask", (Size(2), Size(8)), "bool", None, None),
]


@pytest.mark.parametrize(("text", "name", "dims", "dtype", "low", "high"), SPECS)
def test_a_spec_has_sizes_a_dtype_and_a_range(
    text: str, name: Any, dims: Any, dtype: Any, low: Any, high: Any
) -> None:
    assert parse_named_spec(text) == (name, InputSpec(dims, dtype, low, high))


REFUSED = [
    ("", 1),
    ("2,three", 3),
    ("2,-3", 3),
    ("2x3", 1),
    ("b=2 c=x", 7),
    ("1b=2", 1),
    ("2,3:int65", 5),
    ("2,3:int64[0,", 5),
    ("2:int64[a,5)", 9),
    ("2:int64[5,5)", 9),
    ("x=2,y", 5),
    ("x=2,3 y=2,4", 7),
    ("x=2,3 y=4", 7),
    ("x=b=2 c=3 y=b=2 c=4", 11),
    ("b=2 c=3 y=2,4", 9),
    ("x=() y=2", 6),
    ("ids=2,8:int64[0,9) mask=2,8:bool", 20),
]


@pytest.mark.parametrize(("text", "column"), REFUSED)
def test_a_bad_spec_is_refused_where_it_is_wrong(text: str, column: int) -> None:
    with pytest.raises(SpecError) as raised:
        parse_named_spec(text)
    assert raised.value.column == column
    assert "write" in raised.value.message


@given(st.text(max_size=30))
def test_any_text_is_a_spec_or_refused(text: str) -> None:
    for parse in (parse_spec, parse_named_spec):
        try:
            parse(text)
        except SpecError as error:
            assert 1 <= error.column <= len(text) + 2


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_sizes_come_back_as_written(sizes: list[int]) -> None:
    assert [size.size for size in parse_spec(",".join(map(str, sizes))).dims] == sizes
