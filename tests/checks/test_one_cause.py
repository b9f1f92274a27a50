"""A slip in a pattern that ends in a crash is one finding; two slips are two."""

from __future__ import annotations

import torch
from einops import rearrange
from torch import nn

import shapedoc
from shapedoc.core.report import Finding


class Heads(nn.Module):
    def __init__(self, order: str) -> None:
        super().__init__()
        self.embed, self.order = nn.Embedding(50, 64), order
        self.qkv, self.out = nn.Linear(64, 192), nn.Linear(64, 64)

    def forward(self, tokens):
        q, k, v = rearrange(self.qkv(self.embed(tokens)), "b n (m h d) -> m b h n d", m=3, h=4)
        mixed = (q @ k.transpose(-1, -2) / 4).softmax(-1) @ v
        return self.out(rearrange(mixed, f"{self.order} -> b n (h d)"))


class Apart(Heads):
    """A batch that is normalised, and a layer elsewhere that does not fit."""

    def forward(self, tokens):
        x = self.embed(tokens)
        weights = x.softmax(dim=0)
        return self.out(x[..., :32]) + weights


def traced(model: type[Heads], length: int) -> tuple[Finding, ...]:
    tokens = torch.zeros(3, length, dtype=torch.int64)
    return shapedoc.trace(lambda: model("b n h d"), tokens=tokens, probe=False).findings


def test_exchanged_names_that_crash_are_told_with_the_crash():
    [finding] = traced(Heads, 10)
    assert finding.code == "SD101"
    assert any("SD202" in note for note in finding.notes)


def test_exchanged_names_that_fit_are_a_finding_of_their_own():
    [finding] = traced(Heads, 4)
    assert (finding.code, finding.span.line) == ("SD202", Heads.forward.__code__.co_firstlineno + 3)


def test_a_silent_fault_on_another_line_stays():
    assert [finding.code for finding in traced(Apart, 10)] == ["SD101", "SD203"]
