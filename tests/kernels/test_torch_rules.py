"""Rules over whole calls, and modules, accept and refuse what eager torch does."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from torch import nn

from shapedoc.core.mismatch import Mismatch, explain
from shapedoc.kernels.contracts import by_name
from tests.kernels.calls import eager

SIZE = st.integers(1, 4)
DIM = st.integers(-4, 3)
SHAPE = st.lists(SIZE, max_size=3)
EXAMPLES = settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def agree(name: str, function: Any, *args: Any, **kwargs: Any) -> None:
    """The contract refuses exactly what torch refuses."""
    contract = by_name("torch", name)
    assert contract is not None, name
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcome = contract.check(args, kwargs)
        given_by_torch = eager(function, args, kwargs)
    note(f"torch: {given_by_torch if isinstance(given_by_torch, Exception) else 'accepts'}")
    note(f"contract: {explain(outcome) if isinstance(outcome, Mismatch) else 'accepts'}")
    assert isinstance(outcome, Mismatch) == isinstance(given_by_torch, Exception)


def method(name: str) -> Any:
    """A method of a tensor as a function."""
    return lambda input, *args, **kwargs: getattr(input, name)(*args, **kwargs)


@EXAMPLES
@given(SHAPE, st.lists(st.integers(-1, 6), max_size=4))
def test_view_takes_as_many_elements(shape: list[int], sizes: list[int]) -> None:
    agree("view", method("view"), torch.zeros(shape), *([tuple(sizes)] if len(sizes) != 1 else sizes))


@EXAMPLES
@given(SHAPE, st.lists(st.sampled_from([-1, 1, 2, 3, 4]), max_size=4))
def test_expand_stretches_ones(shape: list[int], sizes: list[int]) -> None:
    agree("expand", method("expand"), torch.zeros(shape), tuple(sizes))


@EXAMPLES
@given(SHAPE, st.lists(st.integers(0, 2), max_size=4))
def test_repeat_names_all_dimensions(shape: list[int], repeats: list[int]) -> None:
    agree("repeat", method("repeat"), torch.zeros(shape), tuple(repeats))


@EXAMPLES
@given(
    st.lists(st.integers(1, 6), max_size=3),
    DIM,
    st.lists(st.integers(-1, 6), min_size=1, max_size=3),
)
def test_unflatten_fills_its_dimension(shape: list[int], dim: int, sizes: list[int]) -> None:
    agree("unflatten", method("unflatten"), torch.zeros(shape), dim, tuple(sizes))


@EXAMPLES
@given(SHAPE, st.lists(DIM, max_size=4))
def test_permute_names_each_dimension_once(shape: list[int], dims: list[int]) -> None:
    agree("permute", method("permute"), torch.zeros(shape), tuple(dims))


@EXAMPLES
@given(SHAPE, st.lists(DIM, min_size=1, max_size=2), st.lists(DIM, min_size=1, max_size=2))
def test_movedim_pairs_its_dimensions(shape: list[int], source: list[int], destination: list[int]) -> None:
    agree("movedim", torch.movedim, torch.zeros(shape), tuple(source), tuple(destination))


@EXAMPLES
@given(st.lists(st.integers(1, 6), max_size=2), st.lists(st.integers(0, 4), min_size=1, max_size=3), DIM)
def test_split_takes_all_of_its_dimension(shape: list[int], sizes: list[int], dim: int) -> None:
    agree("split", torch.split, torch.zeros(shape), sizes, dim)


INDICES = st.one_of(
    st.none(),
    st.just(Ellipsis),
    st.integers(-4, 4),
    st.builds(slice, st.none() | st.integers(-4, 4), st.none() | st.integers(-4, 4)),
    st.lists(st.integers(0, 0), min_size=1, max_size=2),
    SHAPE.map(lambda shape: torch.zeros(shape, dtype=torch.long)),
    SHAPE.map(lambda shape: torch.ones(shape, dtype=torch.bool)),
)
INDEX = INDICES | st.lists(INDICES, max_size=3).map(tuple).filter(lambda index: index.count(Ellipsis) < 2)


def _several_masks(index: Any) -> bool:
    """Whether what masks pick, which no shape tells, has to broadcast."""
    items = index if isinstance(index, tuple) else (index,)
    advanced = [item for item in items if isinstance(item, (torch.Tensor, list))]
    return len(advanced) > 1 and any(
        isinstance(item, torch.Tensor) and item.dtype == torch.bool for item in advanced
    )


@EXAMPLES
@given(SHAPE, INDEX.filter(lambda index: not _several_masks(index)))
def test_getitem_fits_the_tensor(shape: list[int], index: Any) -> None:
    agree("__getitem__", torch.Tensor.__getitem__, torch.zeros(shape), index)


def _has_mask(index: Any) -> bool:
    items = index if isinstance(index, tuple) else (index,)
    return any(isinstance(item, torch.Tensor) and item.dtype == torch.bool for item in items)


@EXAMPLES
@given(SHAPE, INDEX.filter(lambda index: not _has_mask(index)), SHAPE)
def test_setitem_takes_what_broadcasts(shape: list[int], index: Any, value: list[int]) -> None:
    agree("__setitem__", torch.Tensor.__setitem__, torch.zeros(shape), index, torch.zeros(value))


EQUATIONS = [
    "ij,jk->ik",
    "ij,jk",
    "bij,bjk->bik",
    "...i,...i->...",
    "ii->i",
    "ii",
    "i,j->ij",
    "...ij,...jk->...ik",
    "ij,ij,ij->i",
]


@EXAMPLES
@given(st.data(), st.sampled_from(EQUATIONS))
def test_einsum_letters_have_one_size(data: Any, equation: str) -> None:
    sizes = {letter: data.draw(SIZE) for letter in "bijk"}
    operands = []
    for letters in equation.partition("->")[0].split(","):
        shape = [size for letter in letters.replace("...", "b") for size in data.draw(_nearly(sizes[letter]))]
        operands.append(torch.zeros(shape))
    agree("einsum", torch.einsum, equation, *operands)


def _nearly(size: int) -> Any:
    """A size mostly as it is, sometimes 1, another, missing or doubled."""
    return st.sampled_from([[size]] * 6 + [[1], [size + 1], [], [size, size]])


@EXAMPLES
@given(st.data(), st.booleans())
def test_attention_operands_agree(data: Any, enable_gqa: bool) -> None:
    """Keys and values here have one length and the same heads: see the strictness below."""
    heads, kv_heads, s, t, d, e = (data.draw(SIZE) for _ in range(6))
    batch, kv_batch = data.draw(st.sampled_from([([], []), ([2], [2]), ([2], [1]), ([2], [3]), ([1], [2])]))
    query = [*batch, heads, s, *data.draw(_nearly(d))]
    key = [*kv_batch, kv_heads, t, d]
    mask = data.draw(
        st.sampled_from(
            [None, [s, t], [1, t], [s, 1], [heads, s, t], [t, s], [t], [kv_heads, s, t], [3, s, t]]
        )
    )
    agree(
        "scaled_dot_product_attention",
        F.scaled_dot_product_attention,
        torch.zeros(query),
        torch.zeros(key),
        torch.zeros([*kv_batch, kv_heads, t, e]),
        attn_mask=None if mask is None else torch.zeros(mask),
        enable_gqa=enable_gqa,
    )


STRICTER = [
    (
        "values of another length than the keys: the meta device and other backends refuse it",
        (1, 8, 20, 8),
        (1, 8, 16, 8),
        False,
    ),
    ("a value with other heads than the key, in groups", (1, 2, 16, 8), (1, 4, 16, 8), True),
    ("a value with one head, and a key with all", (1, 8, 16, 8), (1, 1, 16, 8), False),
]


@pytest.mark.parametrize(("reason", "key", "value", "enable_gqa"), STRICTER)
def test_attention_is_stricter_than_torch_on_a_cpu(
    reason: str, key: Any, value: Any, enable_gqa: bool
) -> None:
    attention = F.scaled_dot_product_attention
    args = torch.zeros(1, 8, 16, 8), torch.zeros(key), torch.zeros(value)
    assert not isinstance(eager(attention, args, {"enable_gqa": enable_gqa}), Exception)
    contract = by_name("torch", attention.__name__)
    assert contract is not None and isinstance(contract.check(args, {"enable_gqa": enable_gqa}), Mismatch)


@EXAMPLES
@given(st.data(), st.booleans())
def test_multi_head_attention_operands_agree(data: Any, batched: bool) -> None:
    module = nn.MultiheadAttention(4, 2).eval()
    length, source, batch = (data.draw(st.integers(1, 3)) for _ in range(3))
    n = [batch] if batched else []
    query = [*data.draw(_nearly(length)), *n, *data.draw(st.sampled_from([[4]] * 6 + [[2], [4, 4]]))]
    key = [source, *(data.draw(_nearly(batch)) if batched else []), 4]
    mask = data.draw(
        st.sampled_from(
            [None, None, [length, source], [source, length], [2 * batch, length, source], [2, length, source]]
        )
    )
    padding = data.draw(st.sampled_from([None, None, [*n, source], [source], [source + 1], [*n, source + 1]]))
    args = [torch.zeros(query), torch.zeros(key), torch.zeros(key)]
    fixed = [
        4,
        2,
        module.in_proj_weight,
        module.in_proj_bias,
        None,
        None,
        False,
        0.0,
        module.out_proj.weight,
        module.out_proj.bias,
    ]
    masks = {"attn_mask": mask and torch.zeros(mask), "key_padding_mask": padding and torch.zeros(padding)}
    agree("multi_head_attention_forward", F.multi_head_attention_forward, *args, *fixed, False, **masks)


@EXAMPLES
@given(st.data(), st.sampled_from([nn.LSTM, nn.GRU, nn.RNN]), st.booleans(), st.booleans(), st.booleans())
def test_recurrent_states_fit(
    data: Any, kind: Any, batch_first: bool, bidirectional: bool, batched: bool
) -> None:
    module = kind(3, 4, num_layers=2, batch_first=batch_first, bidirectional=bidirectional)
    time, batch = data.draw(st.integers(1, 3)), [data.draw(st.integers(1, 3))] if batched else []
    outer = [*batch, time] if batch_first else [time, *batch]
    input = torch.zeros([*outer, *data.draw(_nearly(3))])
    state = [*data.draw(_nearly(4 if bidirectional else 2)), *batch, *data.draw(_nearly(4))]
    given_state = data.draw(st.booleans())
    states = (torch.zeros(state),) * 2 if kind is nn.LSTM else torch.zeros(state)
    agree(kind.__name__, kind.__call__, module, input, states if given_state else None)


@EXAMPLES
@given(st.sampled_from([nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d]), st.lists(st.just(3), max_size=6))
def test_batch_norm_modules_take_their_rank(kind: Any, shape: list[int]) -> None:
    agree(kind.__name__, kind.__call__, kind(3), torch.zeros(shape))


@EXAMPLES
@given(st.integers(1, 6), st.integers(1, 4))
def test_constructors_need_sizes_that_divide(size: int, parts: int) -> None:
    agree("MultiheadAttention.__init__", lambda self, *args: nn.MultiheadAttention(*args), None, size, parts)
    agree("GroupNorm.__init__", lambda self, *args: nn.GroupNorm(*args), None, parts, size)
