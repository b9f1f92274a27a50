"""The README's picture shows what a run says today, and asks nothing of any other machine."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.picture import PICTURE, drawn, shown

ROOT = Path(__file__).parents[1]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def picture(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(ROOT)
    return PICTURE.read_text(encoding="utf-8")


def words(svg: str) -> str:
    """All that is written in a picture, without the spaces and without how long the run took."""
    texts = "".join(text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text"))
    return re.sub(r"in\d+\.\ds", "", "".join(texts.split()))


def test_the_picture_is_that_of_a_run(picture: str) -> None:
    assert words(picture) == words(drawn(shown())), "`make picture` draws it anew"


def test_the_picture_names_the_fault_and_its_fix(picture: str) -> None:
    assert "SD106head-count" in words(picture) and "g=self.num_heads)" in words(picture)


@pytest.mark.parametrize("fetched", ["@font-face", "@import", "url(http", "href", "src:"])
def test_nothing_is_fetched(picture: str, fetched: str) -> None:
    assert fetched not in picture


def test_no_place_of_this_machine_is_shown(picture: str) -> None:
    assert str(ROOT) not in picture


def test_the_readme_shows_it() -> None:
    assert f"]({PICTURE.as_posix()})" in (ROOT / "README.md").read_text(encoding="utf-8")
