"""One golden file for each format. `pytest --update-goldens` writes them anew."""

import pytest

from shapedoc.formats import Page, format_names, load_format

from .reports import FOLDER, REPORTS


@pytest.fixture(autouse=True)
def beside_the_model(monkeypatch):
    monkeypatch.chdir(FOLDER)


@pytest.mark.parametrize("name", format_names())
def test_a_format_writes_what_it_wrote(name, golden):
    texts = [load_format(name).render(report, Page()) for report in REPORTS.values()]
    golden(FOLDER / f"{name}.txt", "\n".join(texts))


def test_every_golden_has_a_format():
    assert {path.stem for path in FOLDER.glob("*.txt")} == set(format_names())
