"""Explaining never imports torch, and a test that says so can fail."""

from __future__ import annotations

import subprocess
import sys

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
