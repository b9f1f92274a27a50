"""Models of a repository are found by their source; parts of models are none."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from shapedoc.cli import main
from shapedoc.suggest import pool
from shapedoc.suggest.discovery import find_models, survey
from shapedoc.suggest.pool import run_all

FILES = {
    "nets/__init__.py": "from .blocks import Exported\n",
    "nets/blocks.py": (
        "import torch.nn as nn\nclass Mlp(nn.Module): ...\nclass Exported(nn.Module): ...\nclass _Private(nn.Module): ...\n"
        "class Config: ...\n"
    ),
    "nets/model.py": (
        "from torch.nn import Module\nfrom .blocks import Mlp, Exported\nclass Base(Module): ...\n"
        "class Net(Base):\n    def __init__(self, dim, heads: int, mode, *, depth, drop=0.0, size: 'tuple' = (), kind: str):\n"
        "        self.mlp, self.exported = Mlp(), Exported()\n"
        "if __name__ == '__main__':\n    Net(1, 2)\n"
    ),
    "nets/light.py": "import lightning as L\nclass Lit(L.LightningModule): ...\nclass Child(Lit):\n    def __init__(self, embed_dim, num_heads=4): ...\n",
    "tests/test_model.py": "from torch import nn\nclass Toy(nn.Module): ...\n",
    "broken.py": "class (",
    ".hidden/model.py": "from torch import nn\nclass Hidden(nn.Module): ...\n",
    "venv/pyvenv.cfg": "",
    "venv/model.py": "from torch import nn\nclass Installed(nn.Module): ...\n",
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_tops_are_models_with_guessed_arguments(project):
    found = {model.name: model for model in find_models(project)}
    assert set(found) == {"Exported", "Net", "Child"}
    assert found["Net"].arguments == (("dim", 64), ("heads", 8), ("depth", 2))
    assert found["Net"].missing == ("mode", "kind")
    assert found["Child"].target == "nets/light.py:Child(embed_dim=64)"


FACTORY = """
from torch import nn
class Block(nn.Module): ...
class Norm(nn.Module): ...
class Act(nn.Module): ...
NORMS = {"layer": Norm}
def norm(name): return NORMS[name]()
class Net(nn.Module):
    def __init__(self):
        self.block, self.norm = Block(), norm("layer")
class Other(nn.Module): ...
def make_net(): return Net()
net = Other()
def act(): return Act()
"""


def test_a_function_that_makes_a_model_does_not_make_it_a_part(tmp_path):
    """A class that another class is built from is one, also by way of a function, a table or another file."""
    (tmp_path / "net.py").write_text(FACTORY)
    (tmp_path / "user.py").write_text(
        "from torch import nn\nfrom net import act\nclass User(nn.Module):\n    def f(self): return act()\n"
    )
    found = survey(tmp_path)
    assert [model.name for model in found.models] == ["Net", "Other", "User"]
    assert found.parts == ("net.py:Block", "net.py:Norm", "net.py:Act")


def test_what_may_hold_a_model_and_cannot_be_told_is_named(tmp_path):
    (tmp_path / "broken.py").write_text("import torch\nclass (")
    (tmp_path / "net.py").write_text(
        "from ours import Base\nclass Net(Base):\n    def forward(self, x): ...\n"
        "class Function(Base):\n    @staticmethod\n    def forward(ctx, x): ...\n"
        "class Plain:\n    def forward(self, x): ...\nclass Config(Base): ...\n"
    )
    found = survey(tmp_path)
    assert (found.models, found.parts) == ((), ())
    broken, net = found.unclear
    assert broken.startswith("broken.py cannot be read, line 2") and net.startswith("net.py:Net ")


LEFT = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 4)
    def forward(self, x):
        return self.fc(x)
class Asking(nn.Module):
    def __init__(self, encoder):
        super().__init__()
    def forward(self, x): ...
class Failing(nn.Module):
    def forward(self, x):
        raise ValueError("not today")
"""


def test_init_tells_what_it_leaves_out_and_why(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(LEFT)
    (tmp_path / "broken.py").write_text("class (")
    assert main(["init"]) == 0
    first, *left = capsys.readouterr().err.splitlines()
    assert "1 of 3 models" in first
    for line, words in zip(
        left, [("Asking", "encoder"), ("Failing", "not today"), ("broken.py", "line 1")], strict=True
    ):
        assert [word for word in words if word not in line] == []
    text = (tmp_path / "shapedoc.yaml").read_text()
    assert all(line.removeprefix("left out: ") in text for line in left)


def test_init_does_not_wait_for_fixes(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(LEFT)
    asked = []

    def remembered(requests, *others):
        asked.extend(requests)
        return run_all(requests, *others)

    monkeypatch.setattr(pool, "run_all", remembered)
    main(["init"])
    assert {request.target for request in asked} == {"net.py:Net", "net.py:Failing"}
    assert len(asked) == 3 and not any(request.fixes for request in asked)


def test_init_counts_what_is_too_much_to_tell(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    many = "".join(f"class Asking{n}(nn.Module):\n    def __init__(self, encoder): ...\n" for n in range(30))
    (tmp_path / "net.py").write_text(f"from torch import nn\n{many}")
    assert main(["init"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) <= 12 and "20 more" in lines[-1]
    assert (tmp_path / "shapedoc.yaml").read_text().count("Asking") == 30


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_what_git_ignores_is_no_model(project):
    (project / ".gitignore").write_text("light.py\nvenv/\n.hidden/\n")
    subprocess.run(["git", "init", "-q"], check=True)
    assert {model.name for model in find_models(project)} == {"Exported", "Net"}


def test_init_never_overwrites(project, capsys):
    (project / "shapedoc.yaml").write_text("models: []")
    assert main(["init"]) == 2
    assert (
        "shapedoc.yaml" in capsys.readouterr().err and (project / "shapedoc.yaml").read_text() == "models: []"
    )
    (project / "shapedoc.yaml").unlink()
    (project / "pyproject.toml").write_text("[tool.shapedoc]\n")
    assert main(["init"]) == 2 and not (project / "shapedoc.yaml").exists()


def test_init_without_models_writes_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 2
    assert capsys.readouterr().err.count("\n") == 1 and not list(tmp_path.iterdir())


PACKAGE = importlib.util.find_spec("vit_pytorch")


@pytest.mark.skipif(PACKAGE is None, reason="vit-pytorch is not installed")
def test_what_init_writes_runs_green(tmp_path, monkeypatch, capsys):
    """A few files of vit-pytorch; tests.bench.suggest takes all of them."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "vit_pytorch").mkdir()
    for name in ("simple_vit.py", "simple_vit_1d.py", "deepvit.py", "recorder.py", "pit.py"):
        shutil.copy(Path(PACKAGE.origin).with_name(name), tmp_path / "vit_pytorch")
    assert main(["init"]) == 0
    assert "shapedoc-fix-suggest" in capsys.readouterr().out
    text = (tmp_path / "shapedoc.yaml").read_text()
    written = {model["target"]: model for model in yaml.safe_load(text)["models"]}
    assert set(written) == {
        "vit_pytorch/deepvit.py:DeepViT",
        "vit_pytorch/simple_vit.py:SimpleViT",
        "vit_pytorch/simple_vit_1d.py:SimpleViT",
    }
    assert written["vit_pytorch/simple_vit.py:SimpleViT"]["inputs"] == {"img": "b=2 c=3 h=224 w=224"}
    assert "# - vit_pytorch/recorder.py:Recorder needs vit" in text
    assert main(["fix-suggest"]) == 0
