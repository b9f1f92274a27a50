"""An index that picks one sample out of the batch, where it was to pick a position."""

from __future__ import annotations

import pytest
import torch
from torch import nn

import shapedoc


class Picked(nn.Module):
    """The last state of a recurrent layer, as the index says."""

    def __init__(self, index: object, beside: object = ()) -> None:
        super().__init__()
        self.gru, self.index, self.beside = nn.GRU(8, 16, batch_first=True), index, beside

    def forward(self, x):
        states = self.gru(x)[0]
        found = states[self.index]
        for index in self.beside:
            found = found + states[index]
        return found


EVERY = slice(None)


@pytest.mark.parametrize("index", [(EVERY, -1), (EVERY, 0), (slice(0, 1),), (EVERY, EVERY, -1)])
def test_positions_and_features_are_picked(index):
    assert shapedoc.trace(lambda: Picked(index), torch.zeros(3, 5, 8)).findings == ()


@pytest.mark.parametrize("index", [-1, 0, (0,), (-1, EVERY), (1, ..., EVERY)])
def test_a_sample_that_is_picked_for_all_is_found(index):
    [finding] = shapedoc.trace(lambda: Picked(index), torch.zeros(3, 5, 8)).findings
    assert (finding.code, finding.span.line) == ("SD203", Picked.forward.__code__.co_firstlineno + 2)


def test_samples_that_are_compared_are_no_slip():
    assert shapedoc.trace(lambda: Picked(0, beside=(1,)), torch.zeros(3, 5, 8)).findings == ()


def test_the_sample_is_counted_from_the_first_however_it_is_picked():
    class Selected(Picked):
        def forward(self, x):
            return self.gru(x)[0].select(0, self.index)

    messages = {
        finding.message
        for kind in (Picked, Selected)
        for finding in shapedoc.trace(lambda kind=kind: kind(-1), torch.zeros(3, 5, 8)).findings
    }
    assert len(messages) == 1 and "sample 2" in messages.pop()
