"""Which of two layers that disagree is blamed: the one that a third contradicts, both where nothing tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapedoc.messages import explain

from .crashes import crashed, edited, log_of

NET = """
import torch
from torch import nn
from torch.nn import functional as F

class Net(nn.Module):
    def __init__(self{parameters}):
        super().__init__()
        {layers}

    def forward(self, x):
        {body}
        return x
"""
IMAGE, TOKENS = (2, 3, 32, 32), (2, 5, 16)


def net(layers: str, body: str, parameters: str = "") -> str:
    return NET.format(
        layers="\n        ".join(layers.split("; ")),
        body="\n        ".join(body.split("; ")),
        parameters=parameters,
    )


CHAIN = "x = self.a(x); x = self.norm(x); x = self.b(x)"
NESTED = "x = F.relu(self.norm(self.a(x))); return self.b(x)"
CASES = {
    "the layer before, by the one after": (
        net("self.a = nn.Linear(16, 60); self.norm = nn.LayerNorm(64); self.b = nn.Linear(64, 10)", CHAIN),
        TOKENS,
        ["self.a = nn.Linear(16, 64)"],
    ),
    "the norm, by the layer after": (
        net("self.a = nn.Linear(16, 60); self.norm = nn.LayerNorm(64); self.b = nn.Linear(60, 10)", CHAIN),
        TOKENS,
        ["self.norm = nn.LayerNorm(60)"],
    ),
    "both, where no layer comes after": (
        net("self.a = nn.Linear(16, 60); self.norm = nn.LayerNorm(64)", "x = self.a(x); x = self.norm(x)"),
        TOKENS,
        ["self.norm = nn.LayerNorm(60)", "self.a = nn.Linear(16, 64)"],
    ),
    "both, where the layer after takes a third size": (
        net("self.a = nn.Linear(16, 60); self.norm = nn.LayerNorm(64); self.b = nn.Linear(8, 10)", CHAIN),
        TOKENS,
        ["self.norm = nn.LayerNorm(60)", "self.a = nn.Linear(16, 64)"],
    ),
    "calls in calls, and an activation between": (
        net(
            "self.a = nn.Conv2d(3, 48, 3); self.norm = nn.BatchNorm2d(64); self.b = nn.Conv2d(64, 9, 1)",
            NESTED,
        ),
        IMAGE,
        ["self.a = nn.Conv2d(3, 64, 3)"],
    ),
    "names instead of numbers": (
        net(
            "self.a = nn.Linear(16, 2 * dim); self.norm = nn.LayerNorm(dim); self.b = nn.Linear(dim, 10)",
            CHAIN,
            ", dim=64",
        ),
        TOKENS,
        ["self.a = nn.Linear(16, dim)"],
    ),
    "layers of a Sequential": (
        net(
            "self.all = nn.Sequential(nn.Conv2d(3, 30, 3), nn.ReLU(), nn.GroupNorm(8, 32), nn.Conv2d(32, 9, 1))",
            "x = self.all(x)",
        ),
        IMAGE,
        [
            "self.all = nn.Sequential(nn.Conv2d(3, 32, 3), nn.ReLU(), nn.GroupNorm(8, 32), nn.Conv2d(32, 9, 1))"
        ],
    ),
    "two linear layers": (
        net("self.a = nn.Linear(16, 60); self.b = nn.Linear(64, 10)", "x = self.a(x); x = self.b(x)"),
        TOKENS,
        ["self.b = nn.Linear(60, 10)", "self.a = nn.Linear(16, 64)"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_source_tells_which_layer_to_change(name: str, tmp_path: Path) -> None:
    code, shape, lines = CASES[name]
    assert edited(crashed(code, shape, tmp_path), tmp_path) == lines


def test_features_that_stand_elsewhere_are_no_matter_of_sizes(tmp_path: Path) -> None:
    code = net("self.a = nn.Linear(16, 60); self.norm = nn.LayerNorm(5)", "x = self.a(x); x = self.norm(x)")
    found = crashed(code, TOKENS, tmp_path)
    assert edited(found, tmp_path) == []
    assert "movedim(1, -1)" in found.fixes[0].title


def test_an_operation_on_the_line_of_a_layer_is_not_the_layer(tmp_path: Path) -> None:
    code = net("self.a = nn.Linear(16, 16)", "x = x + self.a(x)[..., :3]")
    found = crashed(code, TOKENS, tmp_path)
    assert edited(found, tmp_path) == []
    assert not any("self.a" in label.text for label in found.labels)


def test_a_part_of_unknown_sizes_is_not_said_to_take_what_fails_inside_of_it(tmp_path: Path) -> None:
    code = net("self.part = made()", "x = self.part(x)") + (
        "\ndef made():\n    return nn.Sequential(nn.Linear(16, 60), nn.LayerNorm(64))\n"
    )
    found = crashed(code, TOKENS, tmp_path)
    assert edited(found, tmp_path) == []
    assert not any("64" in label.text for label in found.labels)


@pytest.mark.parametrize(
    ("layers", "shape"),
    [
        ("self.a = nn.Linear(16, 60); self.norm = nn.LayerNorm(64)", TOKENS),
        ("self.a = nn.Conv2d(3, 48, 3); self.norm = nn.BatchNorm2d(64)", IMAGE),
        ("self.a = nn.Conv2d(3, 30, 3); self.norm = nn.GroupNorm(8, 32)", IMAGE),
    ],
)
def test_without_source_neither_layer_is_blamed_alone(
    layers: str, shape: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_of(net(layers, "x = self.norm(self.a(x))"), shape, tmp_path)
    monkeypatch.chdir(Path(__file__).parent)
    [found] = explain([log]).findings
    assert "layer before" in found.fixes[0].title
