"""flash-linear-attention without Triton or a GPU: its layers trace, and wrong head counts in them are found."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import torch
from torch import nn

from shapedoc.core.report import Report
from shapedoc.core.serial import from_json
from shapedoc.session import trace
from shapedoc.trace import backward
from shapedoc.trace.attempts import Case, planned
from shapedoc.trace.backward import breaches_of
from shapedoc.trace.standins import Settings, standing_in
from shapedoc.trace.standins.compilers import asleep

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("fla") is None, reason="needs flash-linear-attention"
)

HALF = {"dtype": "bfloat16"}  # some operations take nothing else
ARGUMENTS: dict[str, dict[str, Any]] = {  # beside hidden_size, where a layer cannot do without
    "LogLinearMamba2": {"num_heads": 16, "head_dim": 64},
    "RWKV7Attention": {"layer_idx": 0, "num_hidden_layers": 2},
}
OPTIONS: dict[str, dict[str, Any]] = dict.fromkeys(
    ("GatedDeltaProduct", "MomentumDeltaNet", "Parallax"), HALF
)
INPUTS: dict[str, dict[str, Any]] = {
    "MultiheadLatentAttention": {"attention_mask": None},
    "YOCOCrossAttention": {"shared_k": torch.ones(2, 128, 32, 16), "shared_v": torch.ones(2, 128, 32, 16)},
}
LEFT = {  # layers that this machine cannot have, in their own words
    "CyclicFlowAttention": "require CUDA tensors",
    "LogLinearMamba2": "NotImplementedError",
    "Mamba3": "requires a CUDA device",
    "MoBA": "requires `flash-attn`",
    "StickBreakingAttention": "requires a CUDA/HIP or Intel GPU",
}


@pytest.fixture(scope="module")
def layers() -> Iterator[Any]:
    with standing_in(Settings()), asleep():
        import fla.layers

        yield fla.layers


def traced(kind: type[nn.Module], **arguments: Any) -> Report:
    name = kind.__name__
    options = OPTIONS.get(name, {}) | INPUTS.get(name, {})
    dtype = torch.bfloat16 if OPTIONS.get(name) else torch.float32
    arguments = {"hidden_size": 512} | ARGUMENTS.get(name, {}) | arguments
    return trace(lambda: kind(**arguments), torch.ones(2, 128, 512, dtype=dtype), probe=False, **options)


def test_layers_trace_without_a_false_finding(layers: Any) -> None:
    reports = {name: traced(getattr(layers, name)) for name in layers.__all__}
    assert {name for name, report in reports.items() if report.findings} == set()
    stopped = {name: report.stopped.message for name, report in reports.items() if report.stopped}
    assert stopped.keys() <= LEFT.keys()
    assert all(LEFT[name] in message for name, message in stopped.items()), stopped
    assert len(reports) - len(stopped) >= 35


@pytest.mark.parametrize(
    "name", ["ABCAttention", "Comba", "GatedDeltaNet2", "RWKV7Attention", "BitAttention"]
)
def test_backwards_of_its_own_functions_hold(layers: Any, name: str) -> None:
    arguments = {"hidden_size": 512} | ARGUMENTS.get(name, {})
    case = Case(
        lambda: getattr(layers, name)(**arguments), planned((torch.ones(2, 128, 512),), {}), train=True
    )
    with watched() as tried:
        assert breaches_of(case.attempt()) == ()
    assert tried


@contextmanager
def watched() -> Iterator[list[str]]:
    """The names of the functions whose backward was run."""
    tried: list[str] = []
    refuse = backward.refusals

    def noting(names: Any, *rest: Any) -> Any:
        tried.extend(names)
        return refuse(names, *rest)

    with mock.patch.object(backward, "refusals", noting):
        yield tried


WRONG = {
    "gla": "GatedLinearAttention",
    "delta_net": "DeltaNet",
    "multiscale_retention": "MultiScaleRetention",
}
VALUE = "v = rearrange(v, '... (h d) -> ... h d', d=self.head_v_dim)"


@pytest.mark.parametrize("module", WRONG)
def test_a_wrong_head_count_put_into_a_layer_is_found(module: str, tmp_path: Path) -> None:
    package = importlib.util.find_spec("fla")
    assert package and package.submodule_search_locations
    source = (Path(package.submodule_search_locations[0]) / "layers" / f"{module}.py").read_text()
    assert VALUE in source
    path = tmp_path / f"own_{module}.py"
    path.write_text(source.replace(VALUE, VALUE.replace("d=self", "d=2 * self")))
    target = f"{path}:{WRONG[module]}(hidden_size=512)"
    done = subprocess.run(  # in a process of its own, since importing fla twice in one registers its models twice
        [sys.executable, "-m", "shapedoc", "trace", target, "-i", "2,128,512", "--format", "json"],
        capture_output=True, text=True,
    )  # fmt: skip
    report = from_json(Report, json.loads(done.stdout))
    [finding] = report.findings
    assert finding.code == "SD106"
    wrong = source[: source.index(VALUE)].count("\n") + 1
    assert wrong in {label.span.line for label in finding.labels if label.span.path == str(path)}
