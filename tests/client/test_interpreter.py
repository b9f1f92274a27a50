import sys
import venv

import pytest

from shapedoc.client.interpreter import choose_interpreter
from shapedoc.client.process import Worker
from shapedoc.core.errors import UserError
from shapedoc.core.report import Reason
from shapedoc.core.request import Request


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with an environment, and a file two folders below it."""
    (tmp_path / "pyproject.toml").touch()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    (tmp_path / "src/nets").mkdir(parents=True)
    (tmp_path / "src/nets/net.py").touch()
    return tmp_path


@pytest.mark.parametrize(
    "target", ["src/nets/net.py", "src/nets/net.py:Net", "src/nets/net.py:Net(a='b.py:c')", "nets.net:Net"]
)
def test_the_environment_beside_the_nearest_project_is_taken(project, monkeypatch, target):
    monkeypatch.chdir(project)
    assert choose_interpreter(target) == str(project / ".venv/bin/python")


def test_an_inner_project_without_an_environment_is_the_nearest(project, monkeypatch):
    (project / "src/pyproject.toml").touch()
    assert choose_interpreter(f"{project}/src/nets/net.py:Net") == sys.executable


def test_outside_of_any_project_our_own_is_taken(tmp_path):
    assert choose_interpreter(f"{tmp_path}/net.py:Net") == sys.executable


@pytest.mark.parametrize("form", ["{}/.venv", "{}/.venv/bin/python"])
def test_an_environment_or_its_python_can_be_named(project, form):
    python = form.format(project)
    assert choose_interpreter("net.py:Net", python) == str(project / ".venv/bin/python")


def test_an_interpreter_that_is_not_there_is_told():
    with pytest.raises(UserError, match="no-such-python"):
        choose_interpreter("net.py:Net", "no-such-python")


def test_an_interpreter_without_torch_is_told(tmp_path):
    venv.create(tmp_path / "bare", with_pip=False)
    python = choose_interpreter("net.py:Net", str(tmp_path / "bare"))
    with Worker(python) as worker:
        stop = worker.run(Request("net.py:Net")).stopped
    assert stop.reason is Reason.TARGET
    assert python in stop.message and "torch" in stop.message


def test_a_bare_interpreter_is_lent_yaml(tmp_path, monkeypatch):
    """It has no torch either, so an empty one stands in for it."""
    venv.create(tmp_path / "bare", with_pip=False)
    (tmp_path / "torch.py").touch()
    (tmp_path / "uses_yaml.py").write_text(
        "from shapedoc.core.report import Report, Target\n"
        "def run(request, progress):\n"
        "    import yaml\n"
        "    return Report(Target(yaml.safe_load('[found]')[0]))\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Worker(choose_interpreter("net.py:Net", str(tmp_path / "bare"))) as worker:
        assert worker.run(Request("net.py:Net", runner="uses_yaml:run")).target.name == "found"


def test_what_is_no_python_ends_in_a_report(tmp_path):
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\necho hello\nexit 3\n")
    script.chmod(0o755)
    with Worker(str(script)) as worker:
        assert worker.run(Request("net.py:Net")).exit_status == 2


def test_what_cannot_be_started_is_told(tmp_path):
    script = tmp_path / "python"
    script.touch(mode=0o644)
    with pytest.raises(UserError, match="cannot be started"):
        Worker(str(script))
