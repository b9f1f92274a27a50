"""`--weights` brings what differs between a checkpoint and a model down to its causes."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from shapedoc.core.report import Finding, Report
from shapedoc.core.tensor_files import Shapes
from tests.tools import line_of, trace_source

MODEL = """
class Attention(nn.Module):
    def __init__(self, dim, heads, kv_heads):
        super().__init__()
        self.q_proj = nn.Linear(dim, dim)
        self.k_proj = nn.Linear(dim, kv_heads * (dim // heads))
        self.v_proj = nn.Linear(dim, kv_heads * (dim // heads))

    def forward(self, x):
        return self.q_proj(x) + (self.k_proj(x) + self.v_proj(x)).sum(-1, keepdim=True)

class Net(nn.Module):
    def __init__(self, dim=256, heads=8, kv_heads=8, depth=3, vocab=1000):
        super().__init__()
        self.embed_tokens = nn.Embedding(vocab, dim)
        self.layers = nn.Sequential(*[Attention(dim, heads, kv_heads) for _ in range(depth)])
        self.norm = nn.BatchNorm1d(dim)
        self.lm_head = nn.Linear(dim, vocab, bias=False)
        self.lm_head.weight = self.embed_tokens.weight

    def forward(self, ids):
        return self.lm_head(self.layers(self.embed_tokens(ids)))
"""
Change = Callable[[Shapes], Shapes]


def shapes(**arguments: int) -> Shapes:
    names: dict[str, Any] = {"nn": nn}
    exec(MODEL, names)
    return {name: tuple(value.shape) for name, value in names["Net"](**arguments).state_dict().items()}


def written(path: Path, header: Any) -> Path:
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    return path


def safetensors(folder: Path, found: Shapes) -> Path:
    entries = {
        name: {"dtype": "F32", "shape": list(shape), "data_offsets": [0, 0]} for name, shape in found.items()
    }
    return written(folder / "model.safetensors", {"__metadata__": {"format": "pt"}, **entries})


def findings(path: Path, folder: Path, target: str = "Net") -> tuple[Finding, ...]:
    report: Report = trace_source(MODEL, f"-i 2,5:int64 --weights {path}", folder, target)
    assert report.stopped is None
    assert {finding.code for finding in report.findings} <= {"SD112"}
    return report.findings


@pytest.mark.parametrize(
    ("argument", "value", "line"),
    [
        ("kv_heads", 2, "self.k_proj ="),
        ("dim", 512, "self.embed_tokens ="),
        ("vocab", 1024, "self.embed_tokens ="),
    ],
)
def test_one_argument_is_one_cause_and_is_named(argument: str, value: int, line: str, tmp_path: Path) -> None:
    [finding] = findings(safetensors(tmp_path, shapes(**{argument: value})), tmp_path)
    assert f"{argument}={value}" in finding.fixes[0].title
    assert finding.span and finding.span.line == line_of(MODEL, line)


def test_hundreds_of_tensors_are_one_cause(tmp_path: Path) -> None:
    saved = shapes(kv_heads=2, depth=120)
    assert len(saved) > 700
    [finding] = findings(safetensors(tmp_path, saved), tmp_path, "Net(depth=120)")
    assert finding.message.startswith("480 key and value projections")
    assert "kv_heads=2" in finding.fixes[0].title


def test_a_checkpoint_that_fits_is_silent(tmp_path: Path) -> None:
    path = safetensors(tmp_path, shapes(kv_heads=2))
    assert findings(path, tmp_path, "Net(kv_heads=2)") == ()


@pytest.mark.parametrize(
    ("change", "texts"),
    [
        (lambda found: {f"module.{name}": shape for name, shape in found.items()}, ["module."]),
        (lambda found: {name.partition(".")[2]: shape for name, shape in found.items() if "layers" in name}, ["layers.", "tensors of the model"]),
        (lambda found: {name: shape for name, shape in found.items() if "q_proj" not in name}, ["6 tensors of the model"]),
        (lambda found: found | {"head.extra": (3,)}, ["1 tensors of the checkpoint"]),
        (lambda found: {name: shape for name, shape in found.items() if "lm_head" not in name and "tracked" not in name}, []),
    ],
    ids=["prefix", "without its prefix", "missing", "unexpected", "tied"],
)  # fmt: skip
def test_names_that_differ_are_one_cause_each(change: Change, texts: list[str], tmp_path: Path) -> None:
    found = findings(safetensors(tmp_path, change(shapes())), tmp_path)
    assert len(found) == len(texts)
    assert all(text in finding.message for text, finding in zip(texts, found, strict=True))


def test_a_prefix_hides_no_size(tmp_path: Path) -> None:
    renamed = {f"module.{name}": shape for name, shape in shapes(vocab=1024).items()}
    assert len(findings(safetensors(tmp_path, renamed), tmp_path)) == 2


def test_an_index_names_its_files(tmp_path: Path) -> None:
    found = list(shapes(vocab=1024).items())
    for part, name in ((found[:5], "a"), (found[5:], "b")):
        safetensors(tmp_path, dict(part)).rename(tmp_path / name)
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {name: "ab"[at >= 5] for at, (name, _) in enumerate(found)}}))
    assert len(findings(index, tmp_path)) == 1


@pytest.mark.parametrize("wrapped", [lambda state: state, lambda state: {"epoch": 3, "state_dict": state}])
def test_a_checkpoint_of_torch(wrapped: Callable[[Any], Any], tmp_path: Path) -> None:
    state = {name: torch.empty(shape) for name, shape in shapes(vocab=1024).items()}
    torch.save(wrapped(state), tmp_path / "model.pt")
    assert len(findings(tmp_path / "model.pt", tmp_path)) == 1


class Harmful:
    def __reduce__(self) -> Any:
        return exec, ("raise SystemExit(3)",)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff" * 64, (9).to_bytes(8, "little") + b"{]", pickle.dumps(Harmful())],
    ids=["empty", "a huge header", "no JSON", "code"],
)
@pytest.mark.parametrize("name", ["model.safetensors", "model.pt"])
def test_what_is_no_checkpoint_is_one_line(content: bytes, name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    report = trace_source(MODEL, f"-i 2,5:int64 --weights {tmp_path / name}", tmp_path)
    assert report.exit_status == 2
    assert report.stopped and str(tmp_path / name) in report.stopped.message


def test_an_index_reads_nothing_elsewhere(tmp_path: Path) -> None:
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": {"a": "../../etc/passwd"}}))
    report = trace_source(MODEL, f"-i 2,5:int64 --weights {index}", tmp_path)
    assert report.stopped and "beside it" in report.stopped.message
