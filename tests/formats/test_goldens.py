"""One golden file for each format. `pytest --update-goldens` writes them anew."""

import pytest

from shapedoc.core.rules import Rule
from shapedoc.formats import Page, format_names, load_format, sarif

from .reports import FOLDER, REPORTS


@pytest.fixture(autouse=True)
def beside_the_model(monkeypatch):
    monkeypatch.chdir(FOLDER)


@pytest.fixture(autouse=True)
def rules_that_stay(monkeypatch):
    """What a rule says of itself may change without any format."""
    rule = Rule("SD106", "head-count", "SD106 head-count: heads differ.\n\nWhat to do: follow them.")
    monkeypatch.setattr(sarif, "rules", lambda: (rule,))


@pytest.mark.parametrize("name", format_names())
def test_a_format_writes_what_it_wrote(name, golden):
    texts = [load_format(name).render(report, Page()) for report in REPORTS.values()]
    golden(FOLDER / f"{name}.txt", "\n".join(texts))


def test_every_golden_has_a_format():
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(format_names())
