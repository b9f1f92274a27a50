"""Fixes are proven and written whatever the file looks like and wherever in it the mistake stands."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from shapedoc.client.process import Worker
from shapedoc.core.edits import rewritten
from shapedoc.core.report import Fix
from shapedoc.core.request import Request

WRONG, RIGHT = "nn.Linear(32, 8)", "nn.Linear(16, 8)"
NET = """\
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.Linear(8, 16)  # größer
        self.down = nn.Linear(32, 8)

    def forward(self, x):
        return self.down(self.up(x))
"""

LOOKS = {
    "tabs": lambda text: text.replace("    ", "\t").encode(),
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "a byte order mark": lambda text: text.encode("utf-8-sig"),
    "no newline at the end": lambda text: text.rstrip("\n").encode(),
    "another encoding": lambda text: f"# coding: latin-1\n{text}".encode("latin-1"),
    "a call over several lines": lambda text: text.replace(
        "nn.Linear(32, 8)", "nn.Linear(\n            32,\n            8,\n        )"
    ).encode(),
}

PLACES = {
    "a module's constant": """
        WIDTH = 32
        down = nn.Linear(WIDTH, 8)

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.Sequential(nn.Linear(8, 16), down)

            def forward(self, x):
                return self.layers(x)
    """,
    "a class body": """
        class Net(nn.Module):
            width = 32

            def __init__(self):
                super().__init__()
                self.layers = nn.Sequential(nn.Linear(8, 16), nn.Linear(self.width, 8))

            def forward(self, x):
                return self.layers(x)
    """,
    "a closure": """
        def made(width):
            def down():
                return nn.Linear(2 * width, 8)
            return down

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layers = nn.Sequential(nn.Linear(8, 16), made(16)())

            def forward(self, x):
                return self.layers(x)
    """,
    "behind a decorator": """
        def traced(function):
            @functools.wraps(function)
            def around(*args):
                return function(*args)
            return around

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.up, self.down = nn.Linear(8, 16), nn.Linear(16, 8)

            @traced
            def forward(self, x):
                return self.down(torch.cat([self.up(x), self.up(x)], dim=-1).unflatten(-1, (4, 8))[..., 0, :])
    """,
}


def first_fix(worker: Worker, path: Path) -> Fix:
    report = worker.run(Request(f"{path}:Net", inputs=("2,10,8",)))
    return next(fix for finding in report.findings for fix in finding.fixes)


@pytest.mark.parametrize("look", LOOKS)
def test_all_but_the_edit_stays(look: str, worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_bytes(LOOKS[look](NET))
    before = path.read_bytes()
    after = rewritten(before, first_fix(worker, path).edits)
    assert path.read_bytes() == before
    assert after == before.replace(b"32", b"16")


@pytest.mark.parametrize("place", PLACES)
def test_a_mistake_is_mended_wherever_it_stands(place: str, worker: Worker, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text("import functools\nimport torch\nfrom torch import nn\n" + textwrap.dedent(PLACES[place]))
    fix = first_fix(worker, path)
    path.write_bytes(rewritten(path.read_bytes(), fix.edits))
    report = worker.run(Request(f"{path}:Net", inputs=("2,10,8",)))
    assert (report.findings, report.stopped) == ((), None)


def test_a_base_class_in_another_file_is_mended_there(worker: Worker, tmp_path: Path) -> None:
    (tmp_path / "base_of_net.py").write_text(NET.replace("Net", "Base"))
    path = tmp_path / "net.py"
    path.write_text("from base_of_net import Base\n\n\nclass Net(Base):\n    pass\n")
    [edit] = first_fix(worker, path).edits
    assert (Path(edit.span.path).name, edit.original, edit.replacement) == ("base_of_net.py", "32", "16")


def test_what_is_installed_is_never_edited(worker: Worker, tmp_path: Path) -> None:
    installed = tmp_path / "site-packages" / "layers_of_others.py"
    installed.parent.mkdir()
    installed.write_text(
        NET.replace("Net", "Base")
        .replace("self):\n        super", "self, width=32):\n        super")
        .replace("nn.Linear(32, 8)", "nn.Linear(width, 8)")
    )
    path = tmp_path / "net.py"
    path.write_text(
        f"import sys\nsys.path.insert(0, {str(installed.parent)!r})\n"
        "from layers_of_others import Base\n\n\ndef Net():\n    return Base(width=32)\n"
    )
    [edit] = first_fix(worker, path).edits
    assert (edit.span.path, edit.original, edit.replacement) == (str(path), "32", "16")


def test_a_fix_that_was_published_and_does_not_work_is_not_proven(worker: Worker, tmp_path: Path) -> None:
    """Half of the attention weights instead of the right heads: the bias that is added has them all."""
    sample = Path(__file__).parents[2] / "samples" / "natten_head_count" / "buggy.py"
    heads = "heads=self.num_heads)\n"
    sliced = sample.read_text().replace(heads, heads + "        weight = weight[:, : self.num_heads // 2]\n")
    path = tmp_path / "sliced.py"
    path.write_text(sliced)
    report = worker.run(Request(str(path), fixes=False))
    assert [finding.code for finding in report.findings] == ["SD102"]
