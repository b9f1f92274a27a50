"""Names for the axes of tensors at hand: what inputs have in common, and what a list of them has not."""

from __future__ import annotations

import torch
from torch import nn

import shapedoc
from shapedoc.trace.attempts import planned


class Takes(nn.Module):
    def forward(self, left, right):  # type: ignore[no-untyped-def]
        return left


def axes(*inputs: object) -> list[list[str]]:
    plan = planned(inputs, {})(Takes())
    return [[dim.name for dim in spec.dims] for spec in plan.specs()]


def test_the_only_size_that_all_inputs_have_in_common_is_the_batch() -> None:
    assert axes(torch.ones(4, 7, 3, 9), torch.ones(4, 5)) == [["b", "", "", ""], ["b", ""]]


def test_more_than_one_size_in_common_says_nothing() -> None:
    assert axes(torch.ones(4, 7, 3, 9), torch.ones(4, 7)) == [["", "", "", ""], ["", ""]]


def test_images_in_a_list_have_their_channels_in_common() -> None:
    assert axes([torch.ones(3, 8, 9), torch.ones(3, 5, 6)], torch.ones(3, 2))[:2] == [
        ["", "", ""],
        ["", "", ""],
    ]


def test_a_tensor_is_taken_as_it_is_until_another_size_is_asked_for() -> None:
    x, y = torch.ones(4, 7), torch.ones(4, 5)
    plan = planned((x, y), {})(Takes())
    make = lambda shape, dtype, low, high: torch.zeros(shape, dtype=dtype)  # noqa: E731
    assert plan.make(make).args[0] is x
    assert plan.at({"b": 6}).make(make).args[0].shape == (6, 7)


class Named(nn.Module):
    """A model whose parameters' names tell what their axes count."""

    def forward(self, video: torch.Tensor) -> torch.Tensor:
        return video


class Language(nn.Module):
    def forward(self, idx: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return idx + targets


def test_targets_of_the_same_sizes_are_of_the_same_positions() -> None:
    ids = torch.zeros(2, 12, dtype=torch.long)
    for targets, names in ((ids, "b t"), (ids[:, 1:], "b ")):
        items = planned((ids, targets), {})(Language()).items
        assert [dim.name for dim in items[1].tree.dims] == names.split(" ")


class Graph(nn.Module):
    def forward(self, h: torch.Tensor, adj: torch.Tensor) -> torch.Tensor:
        return adj @ h


def test_frames_of_a_video_come_before_its_channels_where_sizes_tell() -> None:
    for sizes, names in (((2, 3, 8, 16, 16), "b c f h w"), ((2, 8, 3, 16, 16), "b f c h w")):
        [given] = planned((torch.ones(sizes),), {})(Named()).items
        assert [dim.name for dim in given.tree.dims] == names.split()


def test_what_a_graph_has_in_common_are_its_nodes() -> None:
    nodes, adjacency = planned((torch.ones(6, 4), torch.ones(6, 6)), {})(Graph()).items
    assert [dim.name for dim in nodes.tree.dims] == ["n", ""]
    assert [dim.name for dim in adjacency.tree.dims] == ["n", "n"]


class TimeFirst(nn.Module):
    """A language model as torch's own examples have it: tokens of [time, batch]."""

    def __init__(self, batch_first: bool) -> None:
        super().__init__()
        self.embed, self.head = nn.Embedding(50, 8), nn.Linear(8, 50)
        self.rnn, self.again = nn.LSTM(8, 8), nn.LSTM(8, 8, batch_first=batch_first)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.again(self.rnn(self.embed(x))[0])[0])


def test_a_model_that_takes_time_first_throughout_is_read_so() -> None:
    report = shapedoc.trace(lambda: TimeFirst(False), torch.randint(0, 50, (35, 20)))
    assert not report.findings
    assert str(report.inputs[0].value) == "x[t=35 b=20]"


def test_one_that_takes_both_first_is_wrong_either_way() -> None:
    report = shapedoc.trace(lambda: TimeFirst(True), torch.randint(0, 50, (35, 20)))
    assert [finding.code for finding in report.findings] == ["SD203"]
    assert str(report.inputs[0].value) == "x[b=35 t=20]"
