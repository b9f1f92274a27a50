"""Starting the server process under an interpreter that may know nothing of us."""

from __future__ import annotations

import json
import os
import subprocess
from importlib.util import find_spec
from pathlib import Path

from shapedoc.core.errors import UserError

SCRIPT = Path(__file__).parents[1] / "worker" / "boot.py"
LENT = ("yaml", "packaging", "tomli")  # pure Python that the project's interpreter may lack
ENVIRONMENT = {
    "PYTORCH_JIT": "0",  # scripted functions stay Python, so that their steps can be seen
    "CUDA_VISIBLE_DEVICES": "",  # the same run on every machine; nothing is computed on a device
    "OMP_NUM_THREADS": "1",  # what is computed is small, and a fork keeps no thread but one
    "OPENBLAS_NUM_THREADS": "1",
}


def start_server(python: str, folder: Path | None = None) -> subprocess.Popen[bytes]:
    """A server that begins by importing torch; requests go to its input, answers come from its output."""
    try:
        return subprocess.Popen(
            [python, str(SCRIPT), json.dumps(_lent())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=folder,
            env={**ENVIRONMENT, **os.environ},
            start_new_session=True,
        )
    except OSError as error:
        raise UserError(f"{python} cannot be started: {error.strerror}") from error


def _lent() -> dict[str, str]:
    """Folders of the packages we lend, found without importing them."""
    specs = {name: find_spec(name) for name in LENT}
    return {name: str(Path(spec.origin).parent) for name, spec in specs.items() if spec and spec.origin}
