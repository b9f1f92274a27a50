"""Models of a repository are found by their source; parts of models are none."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from shapedoc.cli import main
from shapedoc.suggest.discovery import find_models

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
