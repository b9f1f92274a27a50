"""torchtyc: its meta runtime for a model at hand, its command `run` for a file without annotations.

https://github.com/bhaswata08/torchtyc
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from torch import nn

from ...baseline import forward
from ...models import Inputs
from .. import Peer, Said, top

COMMAND = "import sys; from torchtyc.cli import main; sys.exit(main())"
ENTRY = """

def main():
    inputs = example_inputs()
    return {model}()(*(inputs if isinstance(inputs, tuple) else (inputs,)))
"""
FAULTS = 1  # the exit status; 2 is its own failure


def run(model: nn.Module, inputs: Inputs) -> str:
    from torchtyc.metaruntime import install

    with install():
        forward(model, inputs)
    return ""


def says(path: Path) -> Said:
    """A copy of the file, with the function it is to enter."""
    source = path.read_text()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        copy.write_text(source + ENTRY.format(model=top(source)))
        command = [sys.executable, "-c", COMMAND, "run", "--python", sys.executable, f"{copy}::main"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    return Said(done.stdout if done.returncode == FAULTS else "")


PEER = Peer("torchtyc", run, ("torchtyc", "jaxtyping"), says=says)
