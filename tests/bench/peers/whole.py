"""What it costs from an empty interpreter to an answer: imports, building the model, and looking at it once.

>>> from .costs import MODELS
>>> from .tools.eager import PEER
>>> row = whole(PEER, MODELS[0])
>>> row.why, row.cost.seconds > 1
('', True)

The same few lines for every tool, as a user would write them (`python -m tests.bench.peers.whole TOOL MODEL`), each
in a process of its own. A tool that looks at what makes a model need not have its weights.
"""

from __future__ import annotations

import importlib
import resource
import subprocess
import sys
import time

from ..baseline import Cost, peak_megabytes
from ..isolate import GIGABYTE, one_line
from . import Peer, alone
from .costs import GIGABYTES, MODELS, NOTHING, ON, Model, Row, parameters_of

SECONDS = 120.0


def whole(peer: Peer, model: Model) -> Row:
    """The seconds are the parent's, the megabytes the largest that the process says it was."""
    command = [sys.executable, "-m", __name__, peer.run.__module__, model.name]
    started = time.perf_counter()
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return _row(peer, model, why=f"no end after {SECONDS:g} s")
    seconds = time.perf_counter() - started
    if done.returncode:
        return _row(peer, model, why=(done.stderr.strip() or f"status {done.returncode}").splitlines()[-1])
    return _row(peer, model, Cost(seconds, float(done.stdout.split()[-1])))


def _row(peer: Peer, model: Model, cost: Cost = NOTHING, why: str = "") -> Row:
    return Row(model.name, parameters_of(model), model.on, peer.name, cost, why)


def main(tool: str, name: str) -> None:
    """In the child, whose last word is its size, or what the tool could not do."""
    resource.setrlimit(resource.RLIMIT_DATA, (int(GIGABYTES * GIGABYTE),) * 2)
    peer: Peer = importlib.import_module(tool).PEER
    [model] = [model for model in MODELS if model.name == name]
    try:
        with alone():
            _look(peer, model)
    except Exception as error:
        sys.exit(one_line(error))
    print(peak_megabytes())


def _look(peer: Peer, model: Model) -> None:
    for package in peer.packages:
        importlib.import_module(package)
    build, inputs = model.make()
    if peer.builds:
        peer.builds(build, inputs())
    else:
        peer.run(*ON[model.on](build, inputs))


if __name__ == "__main__":
    main(*sys.argv[1:])
