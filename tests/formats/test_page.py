import io
import os

import pytest

from shapedoc.core.report import Span
from shapedoc.formats import Page


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("stream", "environment", "colour"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(monkeypatch, stream, environment, colour):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Page.of(stream).colour is colour


def test_paths_below_the_folder_are_relative(tmp_path):
    page = Page(folder=str(tmp_path))
    assert page.place(Span(str(tmp_path / "nets" / "net.py"), 3)) == os.path.join("nets", "net.py") + ":3"
    assert page.path(str(tmp_path) + "-other/net.py") == str(tmp_path) + "-other/net.py"
