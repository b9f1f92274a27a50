"""Explaining imports nothing heavy, and a test that says so can fail."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys
{first}
from shapedoc.messages import explain
explain([b"RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"])
sys.exit("torch" in sys.modules or "numpy" in sys.modules)
"""


def status(first: str) -> int:
    return subprocess.run([sys.executable, "-c", PROGRAM.format(first=first)], check=False).returncode


def test_explain_never_imports_torch() -> None:
    assert status("") == 0


def test_the_import_would_be_seen() -> None:
    assert status("import torch") == 1


COMMAND_LINE = """
import sys
from shapedoc.cli import main
main({arguments})
sys.exit("pydantic" in sys.modules)
"""


@pytest.mark.parametrize(("options", "slow"), [([], 0), (["--format", "concise"], 1)])
def test_a_plain_command_line_is_answered_without_its_parser(tmp_path, options, slow):
    log = tmp_path / "train.log"
    log.write_text("RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)\n")
    program = COMMAND_LINE.format(arguments=["explain", str(log), *options])
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == slow
