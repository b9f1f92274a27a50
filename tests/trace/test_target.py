"""Targets: every form parses, imports as the user's program would, builds, or says in one line why not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from torch import nn

from shapedoc.trace.target import Call, Reference, TargetError, load, parse_target

NETS = """
from dataclasses import dataclass
from torch import nn

@dataclass
class Config:
    hidden_size: int
    act: type = nn.ReLU

class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.fc = nn.Linear(dim, dim)

class Net(nn.Module):
    def __init__(self, dim: int, num_heads=8, *, scale: float):
        super().__init__()
        self.block = Block(dim)
        self.arguments = dim, num_heads, scale

    @classmethod
    def tiny(cls):
        return cls(8, scale=1.0)

class Configured(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.config = config

def make(dim=4):
    return Block(dim)

def pair():
    return Block(4), 0.5

def raises():
    raise ValueError("embed_dim must be divisible")

ready = Block(16)
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to write modules into; what is imported from it is forgotten afterwards."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    known = set(sys.modules)
    (tmp_path / "nets.py").write_text(NETS)
    (tmp_path / "several.py").write_text(
        "from torch import nn\nclass A(nn.Module): ...\nclass B(nn.Module): ...\n"
    )
    yield tmp_path
    for name in set(sys.modules) - known:
        if str(tmp_path) in str(getattr(sys.modules[name], "__file__", "") or ""):
            del sys.modules[name]


def write(folder: Path, name: str, source: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source)
    return name


def build(text: str) -> nn.Module:
    return load(parse_target(text)).build()


def message(text: str) -> str:
    with pytest.raises(TargetError) as caught:
        build(text)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "path", "module", "call"),
    [
        ("model.py", "model.py", "", None),
        ("a b/model.py:Net", "a b/model.py", "", Reference("Net")),
        ("model.py:Net()", "model.py", "", Call("Net")),
        ("my.package:Net.tiny", "", "my.package", Reference("Net.tiny")),
        ("a.python.nets:Net", "", "a.python.nets", Reference("Net")),
        (r"C:\nets\model.py:Net('x.py')", r"C:\nets\model.py", "", Call("Net", ("x.py",))),
        ("m.py:N(-1, [2, (3.5, None)], a={'b': True})", "m.py", "",
         Call("N", (-1, [2, (3.5, None)]), (("a", {"b": True}),))),
        ("m.py:N(C(x=1), act=nn.GELU)", "m.py", "",
         Call("N", (Call("C", (), (("x", 1),)),), (("act", Reference("nn.GELU")),))),
    ],
)  # fmt: skip
def test_every_form_parses(text, path, module, call):
    spec = parse_target(text)
    assert (spec.path, spec.module, spec.call) == (path, module, call)


@pytest.mark.parametrize(
    "text",
    ["", "model.py:", "model.py:Net(", "model.py:3", "model.py:Net(1 + 2)", "model.py:Net(*a)", "no/such/form",
     "model.py:Net(**{})", "model.py:Net({**a})", "m.py:f'{x}'", "m.py:Net(lambda: 0)", "m.py:Net[0]"],
)  # fmt: skip
def test_what_is_no_target_is_refused_unread(text):
    with pytest.raises(TargetError):
        parse_target(text)


def test_a_syntax_error_is_placed():
    with pytest.raises(TargetError, match=r"character 1[456]"):
        parse_target("model.py:Net(a b)")


@pytest.mark.parametrize(
    ("call", "arguments"),
    [("Net(8, scale=0.5)", (8, 8, 0.5)), ("Net(dim=16, num_heads=2, scale=-1)", (16, 2, -1)), ("Net.tiny", (8, 8, 1.0))],
)  # fmt: skip
def test_a_class_is_constructed(folder, call, arguments):
    assert build(f"nets.py:{call}").arguments == arguments


def test_functions_are_called_and_instances_taken(folder):
    assert build("nets.py:make").fc.in_features == 4
    assert build("nets.py:make(dim=6)").fc.in_features == 6
    loaded = load(parse_target("nets.py:ready"))
    assert loaded.build() is loaded.module.ready


def test_a_config_is_constructed_from_its_literals(folder):
    config = build("nets.py:Configured(Config(hidden_size=64, act=nn.GELU))").config
    assert (config.hidden_size, config.act) == (64, nn.GELU)


def test_a_dotted_module_is_a_target(folder):
    assert build("nets:make(3)").fc.in_features == 3
    assert isinstance(build("torch.nn:Linear(3, 4)"), nn.Linear)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("net.py:Net", ["net.py", "nets.py"]),
        ("gone/net.py", ["gone"]),
        (".py", [".py"]),
        ("nets.py:Nett", ["Nett", "did you mean Net?", "Block"]),
        ("nets.py:Net", ["dim and scale", "nets.py:Net(dim=64, scale=0.1)"]),
        ("nets.py:Net(32)", ["scale", "nets.py:Net(dim=32, scale=0.1)"]),
        ("nets.py:Net(dims=3)", ["'dims'", "did you mean dim?"]),
        ("nets.py:Net(1, 2, 3, scale=1)", ["dim: int, num_heads=8"]),
        ("nets.py:Configured", ["nets.py:Configured(config=Config(hidden_size=64))"]),
        ("nets.py:Configured(Config())", ["Config needs hidden_size", "write Config(hidden_size=64)"]),
        ("nets.py:Configured(Conf(1))", ["'Conf'", "Config"]),
        ("nets.py:Config(hidden_size=1)", ["the class Config"]),
        ("nets.py:pair", ["a tuple (Block, float)"]),
        ("nets.py:ready(3)", ["nets.py:ready"]),
        ("several.py", ["several models", "A, B", "several.py:B"]),
        ("no_such_package_here:Net", ["no_such_package_here", sys.executable]),
        ("torch.no_such_part:Net", ["torch.no_such_part"]),
    ],
)
def test_a_wrong_target_is_explained_in_one_line(folder, text, words):
    said = message(text)
    assert [word for word in words if word not in said] == []


def test_a_constructor_that_raises_passes_through(folder):
    with pytest.raises(ValueError, match="embed_dim must be divisible"):
        build("nets.py:raises")


def test_a_missing_package_is_named_with_the_interpreter(folder):
    write(folder, "uses.py", "import torch\nimport natten_of_old\n")
    said = message("uses.py:Net")
    assert "natten_of_old" in said and sys.executable in said


def test_a_syntax_error_in_the_users_file_has_line_and_column(folder):
    write(folder, "broken.py", "import torch\nx = = 3\n")
    assert "broken.py:2:5" in message("broken.py:Net")


def test_the_model_that_no_other_uses_is_chosen_and_said(folder):
    write(
        folder, "one.py", "from torch import nn\nclass A(nn.Module): ...\nclass B(nn.Module):\n    part = A\n"
    )
    loaded = load(parse_target("one.py"))
    assert loaded.name == "B" and "A" in loaded.note
    write(folder, "alone.py", "from torch import nn\nclass A(nn.Module): ...\n")
    assert load(parse_target("alone.py")).note == ""


def test_a_single_instance_is_chosen_before_its_class(folder):
    write(folder, "made.py", "from torch import nn\nclass A(nn.Module): ...\nnet = A()\n")
    assert load(parse_target("made.py")).name == "net"


def test_a_file_without_models_is_said_to_have_none(folder):
    write(folder, "empty.py", "from torch import nn\nfrom torch.nn import Linear\n")
    assert "empty.py holds no nn.Module" in message("empty.py")


PART = "from torch import nn\nclass Part(nn.Linear): ...\n"


@pytest.mark.parametrize("package", [True, False], ids=["package", "folder"])
def test_relative_imports_work(folder, package):
    write(folder, "zoo/parts.py", PART)
    write(
        folder,
        "zoo/deep/net.py",
        "from ..parts import Part\nfrom . import other\ndef net(): return Part(2, 3)\n",
    )
    write(folder, "zoo/deep/other.py", "")
    if package:
        write(folder, "zoo/__init__.py", "")
        write(folder, "zoo/deep/__init__.py", "")
    loaded = load(parse_target("zoo/deep/net.py:net"))
    assert loaded.module.__name__ == "zoo.deep.net"
    assert loaded.build().in_features == 2


def test_siblings_are_importable_in_and_out_of_a_package(folder):
    for name in ("plain", "packed"):
        write(folder, f"{name}/{name}_parts.py", PART)
        write(folder, f"{name}/net.py", f"from {name}_parts import Part\ndef net(): return Part(2, 3)\n")
    write(folder, "packed/__init__.py", "")
    assert build("plain/net.py:net").in_features == 2
    assert build("packed/net.py:net").in_features == 2


def test_main_guards_do_not_run_and_the_name_is_stable(folder):
    write(
        folder,
        "script.py",
        "if __name__ == '__main__':\n    raise SystemExit\nfrom torch import nn\nnet = nn.ReLU()\n",
    )
    assert load(parse_target("script.py:net")).module.__name__ == "script"
    assert load(parse_target("script.py:net")).module is sys.modules["script"]


def test_a_file_named_like_a_loaded_module_does_not_replace_it(folder):
    write(folder, "json.py", "from torch import nn\nnet = nn.ReLU()\n")
    import json

    assert isinstance(build("json.py:net"), nn.ReLU)
    assert sys.modules["json"] is json
