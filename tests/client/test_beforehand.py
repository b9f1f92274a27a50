"""What is refused before a worker is asked, and what only a worker can tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapedoc.client.beforehand import refuse
from shapedoc.core.errors import UserError
from shapedoc.core.request import Request

NET = """
from torch import nn
import torch.nn.functional as F

class Net(nn.Module):
    pass

try:
    made, other = Net(), 1
except Exception as error:
    made = None
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(NET)
    return tmp_path


@pytest.mark.parametrize(
    "target",
    ["net.py", "net.py:Net", "net.py:Net(dim=64)", "net.py:made", "net.py:F.relu", "package.module:Net"],
)
def test_what_may_be_there_passes(target: str) -> None:
    refuse(Request(target, inputs=("2,3", "x=b=2 c=3")))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (Request("net.py:Nett"), ["net.py", "'Nett'", "did you mean Net?"]),
        (Request("net.py:Q(dim=64)"), ["'Q'", "its classes: Net"]),
        (Request("nte.py:Net"), ["nte.py", "net.py"]),
        (Request("net.py:Net("), ["net.py:Net("]),
        (Request("net.py:Net", inputs=("2,x",)), ["2,x", "column 3"]),
        (Request("net.py:Net", inputs=("x=2,3 y=2,4",)), ["-i x=2,3 -i y=2,4"]),
        (Request("net.py:Net", inputs=("@inputs.yaml",)), ["no file inputs.yaml"]),
        (Request("net.py:Net", weights="m.pt"), ["no file m.pt"]),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(request_: Request, words: list[str]) -> None:
    with pytest.raises(UserError) as raised:
        refuse(request_)
    said = str(raised.value)
    assert [word for word in words if word not in said] == []
    assert "\n" not in said


@pytest.mark.parametrize(
    "source",
    [
        "from nets import *",
        "globals()['Net'] = object",
        "def __getattr__(name): ...",
        "import sys\nsetattr(sys.modules[__name__], 'Net', object)",
        "this is no Python",
    ],
)
def test_a_file_that_may_bind_any_name_is_left_to_the_worker(folder: Path, source: str) -> None:
    (folder / "made.py").write_text(source)
    refuse(Request("made.py:Net"))


def test_a_package_is_left_to_the_worker(folder: Path) -> None:
    (folder / "__init__.py").write_text("from . import net")
    refuse(Request("__init__.py:Net"))
