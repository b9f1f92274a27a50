import sys

import pytest

from shapedoc.client.process import Worker


def pytest_addoption(parser):
    parser.addoption(
        "--update-goldens", action="store_true", help="write golden files anew instead of comparing"
    )


@pytest.fixture
def golden(request):
    """Compares a text with a file, or writes the file when pytest runs with --update-goldens."""

    def compare(path, text):
        if request.config.getoption("--update-goldens"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="module")
def worker():
    """A process that runs models, as the command line has one."""
    with Worker(sys.executable) as worker:
        yield worker
