"""What explain suggests to write in the user's source: it can be written there, and does once what was done once."""

from __future__ import annotations

from pathlib import Path

import pytest

from .crashes import crashed, edited

UNET = """
import torch
{imports}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.Conv2d(3, 3, 3, stride=2)
        self.up = nn.ConvTranspose2d(3, 3, 2, stride=2)

    def forward(self, x):
        skips = [x]
        up = self.up(self.down(x))
        return torch.cat([{joined}], dim=1)
"""


def joined(folder: Path, written: str, imports: str = "from torch import nn") -> list[str]:
    code = UNET.format(imports=imports, joined=written)
    return edited(crashed(code, (1, 3, 33, 33), folder), folder)


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("up, x", "nn.functional.interpolate(up, size=x.shape[2:]), x"),
        ("up, skips[-1]", "nn.functional.interpolate(up, size=skips[-1].shape[2:]), skips[-1]"),
        ("up, skips.pop()", "up, nn.functional.interpolate(skips.pop(), size=up.shape[2:])"),
        ("self.up(self.down(x)), x", "nn.functional.interpolate(self.up(self.down(x)), size=x.shape[2:]), x"),
    ],
)
def test_what_acts_is_written_once(tmp_path: Path, written: str, mended: str) -> None:
    assert joined(tmp_path, written) == [f"return torch.cat([{mended}], dim=1)"]


def test_no_edit_repeats_what_acts(tmp_path: Path) -> None:
    assert joined(tmp_path, "self.up(self.down(x)), skips.pop()") == []


@pytest.mark.parametrize(
    ("imports", "name"),
    [
        ("from torch import nn", "nn.functional"),
        ("from torch import nn\nfrom torch.nn import functional as fn", "fn"),
        ("from torch import nn\nimport torch.nn.functional as F", "F"),
        ("import torch.nn as nn\nimport torch.nn.functional", "torch.nn.functional"),
    ],
)
def test_a_function_is_called_by_a_name_that_the_file_has(tmp_path: Path, imports: str, name: str) -> None:
    [line] = joined(tmp_path, "up, x", imports)
    assert f"{name}.interpolate(" in line
