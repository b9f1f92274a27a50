"""The command that explain ends with names a model that can be built."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from shapedoc.core.report import Finding
from shapedoc.trace.target import load, parse_target

from .crashes import crashed

BLOCK = """
import torch
from torch import nn

class Block(nn.Module):
    def __init__(self{inner}):
        super().__init__()
        self.fc = nn.Linear(16, 8)

    def forward(self, x):
        return self.fc(x)

class Net(nn.Module):
    def __init__(self{outer}):
        super().__init__()
        self.block = Block({given})

    def forward(self, x):
        return self.block(x)
"""


def target(found: Finding) -> str:
    [command] = [match[1] for note in found.notes if (match := re.search(r"(shapedoc trace.*)", note))]
    return shlex.split(command)[2]


@pytest.mark.parametrize(
    ("outer", "inner", "named"),
    [
        ("", "", "Net"),
        ("", ", dim", "Net"),
        (", dim", "", "Block"),
        (", config", ", dim, num_heads: int", "Block(dim=64, num_heads=8)"),
        (", dim, scale: float", ", dim", "Net(dim=64, scale=0.1)"),
    ],
)
def test_the_outermost_model_that_needs_least_is_named(
    outer: str, inner: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code = BLOCK.format(outer=outer, inner=inner, given=", ".join("1" * inner.count(",")))
    written = target(crashed(code, (2, 12), tmp_path, given=", ".join("1" * outer.count(","))))
    assert written.partition(":")[2] == named
    assert load(parse_target(written)).build() is not None


def test_what_only_the_user_knows_is_marked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code = BLOCK.format(outer=", dim, config", inner=", config", given="1")
    found = crashed(code, (2, 12), tmp_path, given="1, 2")
    assert target(found).partition(":")[2] == "Net(dim=64, config=…)"
    assert any(note.endswith("(with values for …)") for note in found.notes)
