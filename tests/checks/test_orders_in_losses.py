"""Rows of predictions against rows of targets: the same entries in the same order, or in another."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import nn

import shapedoc


class Next(nn.Module):
    """Every token foretells the next one."""

    def __init__(self, order: str, loss: str) -> None:
        super().__init__()
        self.embed, self.fc, self.order, self.loss = nn.Embedding(50, 8), nn.Linear(8, 50), order, loss

    def forward(self, tokens):
        logits, targets = self.fc(self.embed(tokens[:, :-1])), tokens[:, 1:]
        rows = targets if self.order == "b t" else targets.t()
        return getattr(self, self.loss)(logits.flatten(0, 1), rows.reshape(-1))

    def classes(self, logits, rows):
        return F.cross_entropy(logits, rows)

    def logarithms(self, logits, rows):
        return F.nll_loss(logits.log_softmax(-1), rows)

    def distances(self, logits, rows):
        return F.mse_loss(logits.mean(-1), rows.float())


LOSSES = ("classes", "logarithms", "distances")
TOKENS = torch.zeros(3, 6, dtype=torch.int64)


@pytest.mark.parametrize("loss", LOSSES)
def test_rows_merged_in_one_order_are_right(loss):
    assert shapedoc.trace(lambda: Next("b t", loss), tokens=TOKENS).findings == ()


@pytest.mark.parametrize("loss", LOSSES)
def test_rows_merged_in_two_orders_are_found_at_the_loss(loss):
    [finding] = shapedoc.trace(lambda: Next("t b", loss), tokens=TOKENS).findings
    assert finding.code == "SD201"
    assert finding.span.line == Next.__dict__[loss].__code__.co_firstlineno + 1


class Spatial(nn.Module):
    """A class for every pixel: the classes stand second."""

    def __init__(self, turned: bool) -> None:
        super().__init__()
        self.conv, self.turned = nn.Conv2d(3, 5, 1), turned

    def forward(self, image):
        scores = self.conv(image)
        targets = image.argmax(1)
        return F.cross_entropy(scores, targets.transpose(1, 2) if self.turned else targets)


def test_positions_behind_the_classes_are_those_of_the_targets():
    image = torch.zeros(2, 3, 8, 8)
    assert shapedoc.trace(lambda: Spatial(False), image).findings == ()
    assert {found.code for found in shapedoc.trace(lambda: Spatial(True), image).findings} == {"SD206"}
