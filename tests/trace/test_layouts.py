"""Layouts against the truth: after random chains of calls, axes are where the values say."""

from __future__ import annotations

from typing import Any

import einops
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pad_sequence

from shapedoc.core.axes import Axis, layout_of, name_of
from shapedoc.core.meetings import root
from shapedoc.trace.attempts import record
from shapedoc.trace.layouts import follow, rule_for
from shapedoc.trace.recorder import Trace
from tests.core.test_axes import agrees, coordinates
from tests.trace.test_engine import Calls, once

CHAINS = [
    lambda x: einops.rearrange(x, "a (p q) c -> (a q) c p", p=2),
    lambda x: einops.rearrange(x, "... c -> c ..."),
    lambda x: einops.repeat(x, "a b c -> a r b c", r=3),
    lambda x: x.transpose(0, 1).reshape(x.shape[1], -1),
    lambda x: x.unsqueeze(1).expand(-1, 5, -1, -1).movedim(2, 0),
    lambda x: x.view(x.shape[0], 2, -1, x.shape[2]).permute(0, 2, 1, 3).contiguous().flatten(1, 2),
    lambda x: x[:, None].squeeze(1).mT.unflatten(-1, (-1, 2)),
    lambda x: torch.swapaxes(x, 0, 2)[..., 0],
    lambda x: torch.stack(x.unbind(1), 0),
    lambda x: einops.rearrange(x, "a (p q) c -> a p q c", q=2).flatten(0, 1).view(-1, 2, x.shape[2]),
    lambda x: x.unfold(1, 2, 2),
    lambda x: F.unfold(x.float(), (2, 1), stride=(2, 1)),
    lambda x: F.unfold(x[None].float(), (2, x.shape[2]), stride=(2, 1))[0],
    lambda x: F.fold(F.unfold(x.float(), (2, 1), stride=(2, 1)), x.shape[1:], (2, 1), stride=(2, 1)),
]


def recorded(function: Any, axes: list[Axis]) -> Trace:
    values = coordinates(tuple(axis.size for axis in axes))
    trace = once(lambda: Calls(function), (values,), "real").trace
    trace.leaves[0].layout = layout_of(*axes)
    assert follow(trace) == []
    return trace


@given(
    st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([2, 4, 6]), st.sampled_from([1, 2, 5])),
    st.sampled_from(CHAINS),
)
@settings(max_examples=200, deadline=None)
def test_axes_are_where_the_values_say(sizes: tuple[int, ...], function: Any) -> None:
    axes = [Axis(size, name) for size, name in zip(sizes, "abc", strict=True)]
    trace = recorded(function, axes)
    values = function(coordinates(sizes))
    [output] = trace.modules[0].outputs
    assert output.layout is not None
    assert agrees(values, axes, output.layout)


def test_joined_and_cut_axes_are_new() -> None:
    axes = [Axis(2, "a"), Axis(3, "b")]
    trace = recorded(lambda x: torch.cat([x, x[:, :2]], 1), axes)
    [output] = trace.modules[0].outputs
    assert output.layout is not None
    assert output.layout[0] == layout_of(axes[0])[0]
    assert output.layout[1][0].axis is not axes[1]
    assert output.layout[1][0].axis.name == "b"


PICKED = {
    "samples beside the positions that are picked": (
        lambda x, ids: x[torch.arange(x.shape[0]).view(-1, 1).repeat(1, ids.shape[1]), ids],
        ("a", "b", "c"),
    ),
    "samples in front": (lambda x, ids: x[torch.arange(x.shape[0])[:, None], ids], ("a", "b", "c")),
    "pairs of a sample and a position": (lambda x, ids: x[ids, ids.flip(1)], ("", "", "c")),
}


@pytest.mark.parametrize("name", PICKED)
def test_what_several_indices_pick_is_known_where_one_of_them_varies(name: str) -> None:
    function, names = PICKED[name]
    axes = [Axis(size, letter) for size, letter in zip((3, 4, 2), "abc", strict=True)]
    ids = torch.tensor([[2, 1, 0], [0, 0, 1], [1, 2, 2]])
    trace = recorded(lambda x: function(x, ids), axes)
    assert tuple(name_of(dim) for dim in trace.modules[0].outputs[0].layout or ()) == names


def test_windows_that_overlap_lie_along_rows_and_columns() -> None:
    axes = [Axis(size, name) for size, name in ((2, "c"), (8, "h"), (6, "w"))]
    trace = recorded(lambda x: F.unfold(x[None].float(), 3, padding=1, stride=2)[0], axes)
    [output] = trace.modules[0].outputs
    assert output.layout is not None
    channels, windows = output.layout
    assert channels[0].axis is axes[0]
    assert [(piece.size, root(piece.axis).name) for piece in windows] == [(4, "h"), (3, "w")]


def test_padded_samples_share_what_they_have_in_common() -> None:
    axes = [Axis(4, "t"), Axis(3, "d")]
    trace = recorded(lambda x: pad_sequence([x[:2], x], batch_first=True), axes)
    [output] = trace.modules[0].outputs
    assert output.layout is not None
    assert [dim[0].axis for dim in output.layout[1:]] == axes


def test_what_comes_out_of_a_weight_is_a_new_axis_of_the_same_size() -> None:
    trace = record(nn.Linear(4, 4), torch.ones(2, 4))
    follow(trace)
    [op] = trace.ops
    assert op.inputs()[0].layout[0] == op.outputs.layout[0]
    assert op.inputs()[0].layout[1] != op.outputs.layout[1]


def test_elementwise_operations_are_known_by_torch_itself() -> None:
    assert rule_for("sinc") is rule_for("__radd__") is rule_for("add_")
    assert rule_for("no_such_operation") is None
