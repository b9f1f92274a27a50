"""Logs of real runs: every failing call, in one process, compiled, and on one of two ranks."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from shapedoc.messages import explain_log
from shapedoc.messages.meaning.explanation import Explanation
from tests.trace.test_failing_calls import CODES as TRACED

TESTS = Path(__file__).parents[1]
RUNS = TESTS / "messages/data/runs"
CALLS = {
    call["name"]: call["call"]
    for call in json.loads((TESTS / "data/failing_calls.json").read_text())["calls"]
}
NAMES = sorted(CALLS)

SILENT = {"emb_float"}  # a matter of dtype
# Where the text tells less than a trace: a bias that is added is expanded as anything else is; under
# fake tensors grid_sample fails in a view of its own.
CODES = TRACED | {"addmm_bias": "SD102", "chunk_unpack": "SD111"}
COMPILED = CODES | {"grid": "SD103"}
# A compiled graph names the line of its function, not that of the call, when it fails as it runs.
WITHOUT_LINE = {"compiled": {"dim_oor", "ce_spatial"}}

TORCHRUN = [sys.executable, "-m", "torch.distributed.run"]
COMMANDS = {
    "eager": [sys.executable, RUNS / "alone.py", "eager"],
    "compiled": [sys.executable, RUNS / "alone.py", "compiled"],
    "ranks": [*TORCHRUN, "--standalone", "--nproc-per-node", "2", RUNS / "ranks.py"],
}
HEADER = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n\nR = torch.randn\n"


def source() -> str:
    functions = [f"\n\ndef {name}():\n    return {call}\n" for name, call in CALLS.items()]
    table = ", ".join(f"{name!r}: {name}" for name in CALLS)
    return f"{HEADER}{''.join(functions)}\n\nCALLS = {{{table}}}\n"


@pytest.fixture(scope="session", params=COMMANDS)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The logs of one way to run all calls, in a folder beside the module `calls.py` that holds them."""
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "calls.py").write_text(source())
    environment = {**os.environ, "PYTHONPATH": str(folder), "OMP_NUM_THREADS": "1"}
    subprocess.run([*COMMANDS[request.param], folder], env=environment, check=True, timeout=300)
    return request.param, folder


def explained(folder: Path, name: str) -> Explanation:
    return explain_log(folder / f"{name}.log")


def test_cause_and_line_are_right(run: tuple[str, Path]) -> None:
    how, folder = run
    lines = (folder / "calls.py").read_text().splitlines()
    codes = COMPILED if how == "compiled" else CODES
    wrong = {}
    for name in NAMES:
        causes = [(cause.code, cause.frame) for cause in explained(folder, name).causes]
        line = lines.index(f"def {name}():") + 2
        right = len(causes) == 1 and causes[0][0] == codes.get(name)
        placed = (
            right
            and causes[0][1] is not None
            and (Path(causes[0][1].path).name, causes[0][1].line) == ("calls.py", line)
        )
        if not placed:
            wrong[name] = causes
    assert set(wrong) == SILENT | WITHOUT_LINE.get(how, set()), wrong
    assert len(NAMES) == 108 and len(NAMES) - len(wrong) >= 105


def test_matters_of_dtype_are_left_alone(run: tuple[str, Path]) -> None:
    _, folder = run
    for name in SILENT:
        assert not explained(folder, name).causes


def test_the_healthy_rank_is_no_cause(run: tuple[str, Path]) -> None:
    how, folder = run
    if how != "ranks":
        pytest.skip("one process has no healthy rank")
    for name in NAMES:
        assert re.search(rb"Connection (?:closed|reset) by peer", (folder / f"{name}.log").read_bytes())
        for cause in explained(folder, name).causes:
            assert set(cause.ranks) <= {"1"}, cause
