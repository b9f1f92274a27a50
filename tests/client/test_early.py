import sys

import pytest

from shapedoc.client import early
from shapedoc.client.early import early_worker, server_under
from shapedoc.client.interpreter import choose_interpreter
from shapedoc.client.process import Worker
from shapedoc.core.errors import UserError


@pytest.fixture(autouse=True)
def outside_of_any_project(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    "arguments", [[], ["rules"], ["trace", "--help"], ["--help", "trace"], ["trace", "x.py", "-h"]]
)
def test_nothing_is_begun_where_no_model_will_run(arguments):
    with early_worker(arguments):
        assert not early._begun


def test_the_server_that_was_begun_is_the_one_that_is_used():
    with early_worker(["trace", "net.py:Net"]):
        [begun] = early._begun.values()
        with Worker(choose_interpreter("net.py:Net")) as worker:
            assert worker._process is begun
    assert begun.returncode is not None


def test_a_server_that_is_not_used_is_ended():
    with pytest.raises(UserError), early_worker(["trace", "net.py:Net"]):
        [begun] = early._begun.values()
        raise UserError("a wrong option")
    assert begun.returncode is not None and not early._begun


def test_another_interpreter_gets_a_server_of_its_own(tmp_path):
    (tmp_path / "python").symlink_to(sys.executable)
    with early_worker(["trace", "net.py:Net"]):
        other = server_under(str(tmp_path / "python"))
        assert other not in early._begun.values()
        other.kill()
        other.communicate()
