"""Faults that show where two tensors meet, in models as people write them, and what is right beside each."""

from __future__ import annotations

import pytest
import torch
from einops import rearrange
from torch import nn

import shapedoc


class Windows(nn.Module):
    """Attention within windows, without the attention."""

    def __init__(self, back: str) -> None:
        super().__init__()
        self.stem, self.mix, self.back = nn.Conv2d(3, 8, 1), nn.Linear(8, 8), back

    def forward(self, x):
        x = self.stem(x)
        rows, columns = x.shape[2] // 4, x.shape[3] // 4
        windows = rearrange(x, "b c (h p) (w q) -> (b h w) (p q) c", p=4, q=4)
        return x + rearrange(self.mix(windows), self.back, h=rows, w=columns, p=4, q=4)


class Rotary(nn.Module):
    def __init__(self, apart: str, together: str, code: str) -> None:
        super().__init__()
        self.to_q, self.apart, self.together, self.code = nn.Linear(12, 12), apart, together, code

    def forward(self, x):
        q = self.to_q(x)
        angle = torch.arange(x.shape[1])[:, None] * torch.ones(6)
        angle = rearrange(torch.stack((angle, angle), dim=-1), f"n d r -> n {self.code}")
        left, right = rearrange(q, f"b n {self.apart} -> b n d r", r=2).unbind(dim=-1)
        turned = rearrange(torch.stack((-right, left), dim=-1), f"b n d r -> b n {self.together}")
        return q * angle.cos() + turned * angle.sin()


class ClassToken(nn.Module):
    def __init__(self, back: str) -> None:
        super().__init__()
        self.stem, self.mix, self.back = nn.Conv2d(3, 8, 1), nn.Linear(8, 8), back
        self.cls = nn.Parameter(torch.zeros(1, 1, 8))

    def forward(self, x):
        x = self.stem(x)
        tokens = torch.cat((self.cls.expand(len(x), -1, -1), x.flatten(2).transpose(1, 2)), dim=1)
        return x + rearrange(self.mix(tokens)[:, 1:], self.back, h=x.shape[2])


IMAGE, WORDS = (2, 3, 16, 16), (2, 5, 12)
RIGHT = [
    (lambda: Windows("(b h w) (p q) c -> b c (h p) (w q)"), IMAGE),
    (lambda: Rotary("(d r)", "(d r)", "(d r)"), WORDS),
    (lambda: Rotary("(r d)", "(r d)", "(r d)"), WORDS),
    (lambda: ClassToken("b (h w) c -> b c h w"), IMAGE),
]
WRONG = [
    (lambda: Windows("(b h w) (p q) c -> b c (p h) (w q)"), IMAGE),
    (lambda: Windows("(b h w) (q p) c -> b c (h p) (w q)"), IMAGE),
    (lambda: Rotary("(r d)", "(d r)", "(d r)"), WORDS),
    (lambda: Rotary("(d r)", "(r d)", "(d r)"), WORDS),
    (lambda: Rotary("(d r)", "(d r)", "(r d)"), WORDS),
    (lambda: ClassToken("b (h w) c -> b c w h"), IMAGE),
]


@pytest.mark.parametrize(("make", "shape"), RIGHT)
def test_what_was_taken_apart_and_put_together_in_order_is_right(make, shape):
    assert shapedoc.trace(make, torch.zeros(shape)).findings == ()


@pytest.mark.parametrize(("make", "shape"), WRONG)
def test_what_is_put_together_in_another_order_is_found(make, shape):
    codes = {finding.code for finding in shapedoc.trace(make, torch.zeros(shape)).findings}
    assert codes & {"SD201", "SD202", "SD206", "SD208"}


class Grid(nn.Module):
    """A table of distances, as for relative positions: one range repeated as rows and as columns."""

    def __init__(self, side: int) -> None:
        super().__init__()
        steps = torch.arange(side)[None] - torch.arange(side)[:, None]
        self.steps, self.side = nn.Buffer(steps), side

    def forward(self, x):
        across = self.steps.repeat(self.side, self.side)
        down = self.steps.repeat_interleave(self.side, dim=0).repeat_interleave(self.side, dim=1)
        return x @ (across**2 + down**2).float()


def test_rows_and_columns_of_a_grid_repeat_one_range_in_both_orders():
    assert shapedoc.trace(Grid(4), torch.zeros(2, 5, 16)).findings == ()


class BothWays(nn.Module):
    """The positions of an image in rows and, after them, in columns."""

    def forward(self, x):
        return torch.cat((x.flatten(2), x.transpose(2, 3).flatten(2)), dim=2)


def test_what_is_joined_end_to_end_does_not_meet():
    assert shapedoc.trace(BothWays(), torch.zeros(2, 3, 8, 8)).findings == ()


class Taken(nn.Module):
    """Pictures of a batch, of which a mask takes some."""

    def __init__(self, merged: str, take: str) -> None:
        super().__init__()
        self.embed, self.merged, self.take = nn.Linear(8, 8), merged, take

    def forward(self, x, present):
        rows = rearrange(self.embed(x), f"b n d -> {self.merged} d")
        mask = rearrange(present, "b n -> (b n)")
        return rows[mask] if self.take == "index" else rows[:, 0].masked_select(mask=mask)


@pytest.mark.parametrize(("merged", "codes"), [("(b n)", []), ("(n b)", ["SD201"])])
def test_a_mask_takes_what_it_was_made_for(merged: str, codes: list[str]) -> None:
    x, present = torch.randn(2, 3, 8), torch.ones(2, 3, dtype=torch.bool)
    report = shapedoc.trace(Taken(merged, "index"), x, present)
    assert [finding.code for finding in report.findings] == codes


def test_a_mask_may_be_given_by_its_name() -> None:
    x, present = torch.randn(2, 3, 8), torch.ones(2, 3, dtype=torch.bool)
    report = shapedoc.trace(Taken("(b n)", "select"), x, present)
    assert not report.findings and not report.stopped


class Patches(nn.Module):
    """Attention written out over the positions of a map, with heads first or tokens first."""

    def __init__(self, apart: str) -> None:
        super().__init__()
        self.qkv, self.apart = nn.Linear(32, 96), apart

    def forward(self, image):
        tokens = rearrange(image, "b c h w -> b (h w) c")
        q, k, v = (rearrange(x, f"b n (h d) -> {self.apart}", h=4) for x in self.qkv(tokens).chunk(3, dim=-1))
        y = (q @ k.mT).softmax(dim=-1) @ v
        return rearrange(y, f"{self.apart} -> b n (h d)")


@pytest.mark.parametrize(("apart", "codes"), [("b h n d", []), ("b n h d", ["SD202"])])
def test_positions_of_a_map_are_tokens_as_those_of_a_text_are(apart: str, codes: list[str]) -> None:
    report = shapedoc.trace(Patches(apart), torch.randn(2, 32, 4, 5))
    assert [finding.code for finding in report.findings] == codes
