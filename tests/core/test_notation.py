"""Signatures: what they accept as text, and how shapes are held against them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapedoc.core.matching import match
from shapedoc.core.mismatch import Bindings, Fault, Mismatch, Position, explain
from shapedoc.core.notation import NotationError, parse_signature
from shapedoc.core.results import result_labels, result_shapes

REFUSED = [
    ("x[b c", 6),
    ("x[b c -> [b]", 7),
    ("x[b c]] -> [b]", 7),
    ("x b", 3),
    ("[b]", 1),
    ("x[b] -> [c]", 10),
    ("x[b] -> [_]", 9),
    ("x[b] -> [1|b]", 9),
    ("x[... b ...]", 9),
    ("x[2|c]", 3),
    ("x[1|_]", 3),
    ("x[{b + c.d}]", 8),
    ("x[{open(b)}]", 4),
    ("x[b-c]", 4),
    ("x[(b]", 5),
    ("x[b],", 6),
    ("", 1),
]


@pytest.mark.parametrize(("text", "column"), REFUSED)
def test_a_bad_signature_is_refused_where_it_is_wrong(text: str, column: int) -> None:
    with pytest.raises(NotationError) as raised:
        parse_signature(text)
    assert raised.value.column == column


@given(st.text(alphabet="xb 1[](){}|?*~_.,->+", max_size=20))
def test_any_text_is_a_signature_or_refused(text: str) -> None:
    try:
        parse_signature(text)
    except NotationError as error:
        assert 1 <= error.column <= len(text) + 1


RESULTS = [
    ("w[o i], x[... i] -> [... o]", {"w": (4, 3), "x": (2, 5, 3)}, {}, ((2, 5, 4),)),
    ("x[b (h d)] -> [b h d]", {"x": (2, 12)}, {}, ((2, None, None),)),
    ("q[h], x[b (h d)] -> [b h d]", {"q": (4,), "x": (2, 12)}, {}, ((2, 4, 3),)),
    ("x[b? c l] -> [b c {l // 2}]", {"x": (3, 8)}, {}, ((3, 4),)),
    ("x[b? c l] -> [b c {l // 2}]", {"x": (2, 3, 8)}, {}, ((2, 3, 4),)),
    ("x[*... n k], y[*... k m] -> [*... n m]", {"x": (5, 1, 2, 3), "y": (4, 3, 6)}, {}, ((5, 4, 2, 6),)),
    ("x[*...], y[*...] -> [...]", {"x": (), "y": (4, 3)}, {}, ((4, 3),)),
    ("x[1|h d], y[1|h d] -> [h d]", {"x": (1, 2), "y": (1, 2)}, {}, ((1, 2),)),
    ("x[1|h d], y[1|h d] -> [h d]", {"x": (1, 2), "y": (7, 2)}, {}, ((7, 2),)),
    ("x[... {shape}] -> [{shape} ...], []", {"x": (5, 2, 3)}, {"shape": (2, 3)}, ((2, 3, 5), ())),
    ("x[b c] -> [b {c + pad}]", {"x": (2, 3)}, {"pad": None}, ((2, None),)),
    ("x[b (h d)], y[h] -> [(b h) d]", {"x": (2, 12), "y": (4,)}, {}, ((8, 3),)),
    ("x[b _...] -> [b]", {"x": (2, 5, 6)}, {}, ((2,),)),
]


@pytest.mark.parametrize(("text", "shapes", "names", "results"), RESULTS)
def test_results_follow_from_what_is_bound(text: str, shapes: Any, names: Any, results: Any) -> None:
    signature = parse_signature(text)
    bound = match(signature, shapes, names)
    assert isinstance(bound, Bindings)
    assert result_shapes(signature, bound) == results


FAULTS: list[
    tuple[str, Any, Any, Fault, str, int | None, str, tuple[int, ...], int | None, Position | None]
] = [
    ("w[o i], x[... i]", {"w": (4, 3), "x": (2, 5)}, {}, Fault.SIZE, "x", 1, "i", (3,), 5, Position("w", 1)),
    ("x[b 3]", {"x": (2, 4)}, {}, Fault.SIZE, "x", 1, "", (3,), 4, None),
    ("x[n n]", {"x": (2, 4)}, {}, Fault.SIZE, "x", 1, "n", (2,), 4, Position("x", 0)),
    ("x[b c]", {"x": (2,)}, {}, Fault.RANK, "x", None, "", (2,), 1, None),
    ("x[b? c? d]", {"x": ()}, {}, Fault.RANK, "x", None, "", (1, 2, 3), 0, None),
    ("x[... b c]", {"x": (2,)}, {}, Fault.MIN_RANK, "x", None, "", (2,), 1, None),
    ("x[b], y[b]", {"x": (2,)}, {}, Fault.MISSING, "y", None, "", (), None, None),
    (
        "q[h], x[(h d)]",
        {"q": (5,), "x": (12,)},
        {},
        Fault.DIVIDE,
        "x",
        0,
        "(h d)",
        (5,),
        12,
        Position("q", 0),
    ),
    (
        "q[h d], x[(h d)]",
        {"q": (5, 2), "x": (12,)},
        {},
        Fault.SIZE,
        "x",
        0,
        "(h d)",
        (10,),
        12,
        Position("q", 0),
    ),
    (
        "x[*...], y[*...]",
        {"x": (2, 3), "y": (4, 1)},
        {},
        Fault.BROADCAST,
        "y",
        0,
        "",
        (2, 1),
        4,
        Position("x", 0),
    ),
    (
        "x[...], y~[...]",
        {"x": (2, 1), "y": (2, 4)},
        {},
        Fault.BROADCAST,
        "y",
        1,
        "",
        (1,),
        4,
        Position("x", 1),
    ),
    ("x[...], y~[...]", {"x": (2,), "y": (1, 2)}, {}, Fault.RANK, "y", None, "", (0, 1), 2, None),
    ("x[... c], y[...]", {"x": (2, 3, 4), "y": (2,)}, {}, Fault.RANK, "y", None, "", (2,), 1, None),
    ("x[s t], m~[s t]", {"x": (2, 3), "m": (4,)}, {}, Fault.SIZE, "m", 0, "t", (3,), 4, Position("x", 1)),
    ("w[1|c], x[c]", {"w": (5,), "x": (4,)}, {}, Fault.SIZE, "w", 0, "c", (4,), 5, Position("x", 0)),
    ("t*[b _]", {"t": [(2, 3), (4, 5)]}, {}, Fault.SIZE, "t[1]", 0, "b", (2,), 4, Position("t[0]", 0)),
    ("x[... {k}]", {"x": (2, 5)}, {"k": (4,)}, Fault.SIZE, "x", 1, "", (4,), 5, None),
    ("x[b {b * 2}]", {"x": (2, 5)}, {}, Fault.SIZE, "x", 1, "", (4,), 5, None),
]


@pytest.mark.parametrize(
    ("text", "shapes", "names", "fault", "operand", "dim", "axis", "expected", "found", "by"), FAULTS
)
def test_a_mismatch_is_data(
    text: str,
    shapes: Any,
    names: Any,
    fault: Fault,
    operand: str,
    dim: Any,
    axis: str,
    expected: Any,
    found: Any,
    by: Any,
) -> None:
    mismatch = match(parse_signature(text), shapes, names)
    assert isinstance(mismatch, Mismatch)
    told = (
        mismatch.fault,
        mismatch.operand,
        mismatch.dim,
        mismatch.axis,
        mismatch.expected,
        mismatch.found,
        mismatch.bound_by,
    )
    assert told == (fault, operand, dim, axis, expected, found, by)
    assert all(str(number) in explain(mismatch) for number in (found, *expected[:1]) if number is not None)


def test_optional_operands_may_be_absent() -> None:
    signature = parse_signature("w[o i], bias?[o], x[... i]")
    assert isinstance(match(signature, {"w": (4, 3), "x": (3,)}), Bindings)
    assert isinstance(match(signature, {"w": (4, 3), "x": (3,), "bias": None}), Bindings)
    assert isinstance(match(signature, {"w": (4, 3), "x": (3,), "bias": (5,)}), Mismatch)


def test_alternatives_are_told_apart_by_rank() -> None:
    signature = parse_signature("x[k], y[k] -> []", "x[n k], y[k] -> [n]")
    one, two = (match(signature, {"x": shape, "y": (3,)}) for shape in [(3,), (2, 3)])
    assert isinstance(one, Bindings) and isinstance(two, Bindings)
    assert (result_shapes(signature, one), result_shapes(signature, two)) == (((),), ((2,),))
    refused = match(signature, {"x": (2, 4), "y": (3,)})
    assert isinstance(refused, Mismatch) and refused.fault is Fault.SIZE


def test_dimensions_are_labelled() -> None:
    signature = parse_signature("x[b (h d) ... 3] -> [h ... b]")
    bound = match(signature, {"x": (2, 8, 5, 6, 3)})
    assert isinstance(bound, Bindings)
    assert bound.labels == {"x": ("b", "(h d)", "", "", "")}
    assert result_labels(signature, bound) == (("h", "", "", "b"),)
