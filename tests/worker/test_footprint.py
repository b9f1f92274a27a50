"""A report names the files of the project that its run has read."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from shapedoc.client.process import Worker
from shapedoc.core.request import Request

ROOT = str(Path(__file__).parents[2])
LONG_AGO = 1_000_000_000


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A module that imports another one, and what the runner reads and writes."""
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), ROOT]))
    files = {
        "own_net.py": "import own_layers, yaml",
        "own_layers.py": "",
        "sizes.json": "{}",
        "changed.json": "",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (LONG_AGO, LONG_AGO))
    return tmp_path


def test_the_files_that_a_run_has_read_are_in_its_report(project):
    with Worker(sys.executable, project) as worker:
        report = worker.run(Request("own_net", runner="tests.worker.runners:reads_files", timeout=30.0))
    digests = {
        Path(file.path).name: file.digest for file in report.files if Path(file.path).parent == project
    }
    nothing = hashlib.sha256(b"").hexdigest()
    empty = hashlib.sha256(b"{}").hexdigest()
    own = hashlib.sha256(b"import own_layers, yaml").hexdigest()
    assert digests == {"own_net.py": own, "own_layers.py": nothing, "sizes.json": empty, "changed.json": ""}
    assert not [
        file.path for file in report.files if "site-packages" in file.path or "/shapedoc/" in file.path
    ]
