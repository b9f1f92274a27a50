"""einops' patterns: what einops itself accepts and refuses, and the shapes that come out."""

from __future__ import annotations

from typing import Any

import einops
import pytest
import torch
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from shapedoc.core.equations import einsum_shape, parse_equation, parse_named_equation
from shapedoc.core.mismatch import Bindings, Fault, Mismatch, explain
from shapedoc.core.packing import pack_shape, parse_packing, unpack_shapes
from shapedoc.core.pattern_matching import match_pattern, result_shape
from shapedoc.core.patterns import PatternError, parse_pattern

EXAMPLES = settings(
    max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
FACTOR = st.one_of(NAMES, NAMES, NAMES, st.sampled_from(["1", "2", "..."]))
GROUP = st.lists(FACTOR, max_size=3).map(lambda factors: f"({' '.join(factors)})")
SIDE = st.lists(st.one_of(FACTOR, FACTOR, GROUP), max_size=4).map(" ".join)
SIZES = st.dictionaries(NAMES, st.integers(1, 4), max_size=3)
SHAPE = st.lists(st.integers(1, 6), max_size=5)
OPERATIONS = {
    "rearrange": einops.rearrange,
    "repeat": einops.repeat,
    "reduce": lambda tensor, pattern, **sizes: einops.reduce(tensor, pattern, "sum", **sizes),
}


@st.composite
def fitting(draw: Any) -> tuple[str, list[int], dict[str, int]]:
    """A pattern made from names, with a shape and sizes that nearly fit it."""
    names = draw(st.permutations(["a", "b", "c", "d"]))[: draw(st.integers(1, 4))]
    sizes = {name: draw(st.integers(1, 4)) for name in names}
    sides, shape = [], []
    for side in (names, draw(st.permutations(names))):
        cut = draw(st.integers(0, len(side)))
        grouped = draw(st.booleans())
        sides.append(" ".join([*side[:cut], f"({' '.join(side[cut:])})"] if grouped else side))
        if not shape:
            tail = [torch.Size([sizes[name] for name in side[cut:]]).numel()]
            shape = [sizes[name] for name in side[:cut]] + (
                tail if grouped else [sizes[name] for name in side[cut:]]
            )
    given_sizes = {name: size for name, size in sizes.items() if draw(st.booleans())}
    if draw(st.booleans()):
        at = draw(st.integers(0, len(shape)))
        shape = [*shape[:at], draw(st.integers(1, 4)), *shape[at + draw(st.integers(0, 1)) :]]
    return " -> ".join(sides), shape, given_sizes


@EXAMPLES
@given(
    st.one_of(fitting(), st.tuples(st.tuples(SIDE, SIDE).map(" -> ".join), SHAPE, SIZES)),
    st.sampled_from(sorted(OPERATIONS)),
)
def test_patterns_fit_where_einops_accepts_them(
    call: tuple[str, list[int], dict[str, int]], operation: str
) -> None:
    pattern, shape, sizes = call
    try:
        expected = tuple(OPERATIONS[operation](torch.zeros(shape), pattern, **sizes).shape)
    except einops.EinopsError as error:
        expected = None
        note(str(error))
    assert _shape(pattern, operation, tuple(shape), sizes) == expected


def _shape(
    text: str, operation: str, shape: tuple[int, ...], sizes: dict[str, int]
) -> tuple[int, ...] | None:
    try:
        pattern = parse_pattern(text, operation)
    except PatternError as error:
        assert 1 <= error.column <= len(text) + 1
        return None
    bound = match_pattern(pattern, shape, sizes)
    if isinstance(bound, Mismatch):
        assert explain(bound)
        return None
    return result_shape(pattern, bound)


@EXAMPLES
@given(st.text(alphabet="ab1()-> ._…,", max_size=14))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    for operation in OPERATIONS:
        try:
            parse_pattern(text, operation)
        except PatternError as error:
            assert 1 <= error.column <= len(text) + 1


REFUSED = [
    ("a b", "rearrange", 4),
    ("a b -> a b b", "rearrange", 12),
    ("a (b c -> a b c", "rearrange", 3),
    ("a (b (c)) -> a b c", "rearrange", 3),
    ("a b_ -> a b_", "rearrange", 3),
    ("a b -> a", "rearrange", 3),
    ("a -> a b", "rearrange", 8),
    ("a 2 -> a", "rearrange", 3),
    ("a -> a ...", "repeat", 8),
    ("(a ...) -> a ...", "rearrange", 4),
    ("a b -> a", "repeat", 3),
    ("a -> a b", "reduce", 8),
]


@pytest.mark.parametrize(("text", "operation", "column"), REFUSED)
def test_a_bad_pattern_is_refused_where_it_is_wrong(text: str, operation: str, column: int) -> None:
    with pytest.raises(PatternError) as raised:
        parse_pattern(text, operation)
    assert raised.value.column == column


FAULTS = [
    ("b (h d) -> b h d", (2, 12), {"h": 5}, Fault.DIVIDE, 1, (5,), 12),
    ("b (h d) -> b h d", (2, 12), {"h": 3, "d": 3}, Fault.SIZE, 1, (9,), 12),
    ("b (h d) -> b h d", (2, 12), {}, Fault.AMBIGUOUS, 1, (), 12),
    ("b c -> c b", (2, 3, 4), {}, Fault.RANK, None, (2,), 3),
    ("... b c -> ... c b", (2,), {}, Fault.MIN_RANK, None, (2,), 1),
    ("b c -> c b", (2, 3), {"d": 4}, Fault.UNUSED, None, (), None),
]


@pytest.mark.parametrize(("text", "shape", "sizes", "fault", "dim", "expected", "found"), FAULTS)
def test_what_does_not_fit_is_data(
    text: str, shape: Any, sizes: Any, fault: Fault, dim: Any, expected: Any, found: Any
) -> None:
    mismatch = match_pattern(parse_pattern(text), shape, sizes)
    assert isinstance(mismatch, Mismatch)
    assert (mismatch.fault, mismatch.dim, mismatch.expected, mismatch.found) == (fault, dim, expected, found)


def test_a_new_axis_of_repeat_needs_a_size() -> None:
    mismatch = match_pattern(parse_pattern("b -> b n", "repeat"), (2,))
    assert isinstance(mismatch, Mismatch) and (mismatch.fault, mismatch.axis) == (Fault.MISSING, "n")


def test_bindings_know_the_rest() -> None:
    bound = match_pattern(parse_pattern("b ... c -> b (...) c"), (2, 3, 4, 5))
    assert isinstance(bound, Bindings) and bound.rest == (3, 4)


PACKINGS = st.permutations(["a", "b", "*"]).map(" ".join) | st.sampled_from(
    ["*", "a *", "a a *", "a b", "a_ *"]
)


@EXAMPLES
@given(PACKINGS, st.lists(st.lists(st.integers(1, 2), max_size=4), min_size=1, max_size=3))
def test_tensors_pack_where_einops_packs_them(text: str, shapes: list[list[int]]) -> None:
    try:
        expected = tuple(einops.pack([torch.zeros(shape) for shape in shapes], text)[0].shape)
    except (einops.EinopsError, RuntimeError):
        expected = None
    try:
        shape = pack_shape(parse_packing(text), [tuple(shape) for shape in shapes])
    except PatternError:
        shape = None
    assert (None if isinstance(shape, Mismatch) else shape) == expected


@EXAMPLES
@given(
    PACKINGS,
    st.lists(st.integers(1, 8), max_size=4),
    st.lists(st.lists(st.sampled_from([-1, 1, 2, 3]), max_size=2), min_size=1, max_size=3),
)
def test_tensors_unpack_where_einops_unpacks_them(
    text: str, shape: list[int], packed: list[list[int]]
) -> None:
    try:
        expected = [tuple(part.shape) for part in einops.unpack(torch.zeros(shape), packed, text)]
    except einops.EinopsError:
        expected = None
    assume(expected is None or 0 not in [size for part in expected for size in part])  # pieces past the end
    try:
        parts = unpack_shapes(parse_packing(text), tuple(shape), [tuple(sizes) for sizes in packed])
    except PatternError:
        parts = Mismatch(Fault.MISSING)
    assert (None if isinstance(parts, Mismatch) else parts) == expected


EQUATIONS = [
    "ij,jk->ik",
    "ij,jk",
    "ii",
    "ii->i",
    "...ij,...jk->...ik",
    "i,j->ij",
    "ij->k",
    "ij->ii",
    "i1",
    "i...j...",
    "->",
    "ba",
]


@EXAMPLES
@given(
    st.sampled_from(EQUATIONS) | st.text(alphabet="ij,->. ", max_size=8),
    st.lists(st.lists(st.integers(1, 3), max_size=3), max_size=3),
)
def test_equations_fit_where_torch_accepts_them(text: str, shapes: list[list[int]]) -> None:
    assume(shapes)
    try:
        expected = tuple(torch.einsum(text, *[torch.zeros(shape) for shape in shapes]).shape)
    except RuntimeError as error:
        expected = None
        note(str(error))
    try:
        shape = einsum_shape(parse_equation(text), [tuple(shape) for shape in shapes])
    except PatternError:
        shape = None
    assert (None if isinstance(shape, Mismatch) else shape) == expected


NAMED = [
    "a b, b c -> a c",
    "a a -> a",
    "... a, a -> ...",
    "a b, b c",
    "a b -> a a",
    "a _ -> a",
    "a b -> c",
    "a 2 -> a",
    "a_ -> a_",
]


@EXAMPLES
@given(st.sampled_from(NAMED), st.lists(st.lists(st.integers(1, 3), max_size=3), min_size=1, max_size=2))
def test_named_equations_fit_where_einops_accepts_them(text: str, shapes: list[list[int]]) -> None:
    try:
        expected = tuple(einops.einsum(*[torch.zeros(shape) for shape in shapes], text).shape)
    except (einops.EinopsError, RuntimeError, ValueError, NotImplementedError):
        expected = None
    try:
        shape = einsum_shape(parse_named_equation(text), [tuple(shape) for shape in shapes])
    except PatternError:
        shape = None
    assert (None if isinstance(shape, Mismatch) else shape) == expected
