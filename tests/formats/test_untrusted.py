"""A model chooses its names, its messages and its source: none of it is obeyed."""

import dataclasses
import unicodedata

import pytest

from shapedoc.core.report import Call, Edit, Finding, Fix, Label, Safety, Span
from shapedoc.core.serial import from_json, to_json
from shapedoc.formats import Page, format_names, load_format

from .reports import CRASH

HOSTILE = "[bold red]x[/] [link=http://x]:smile: \x1b[2J\x1b]0;title\x07 \u202e \r"


def poisoned(value):
    """Every text of a report, with something in front."""
    if isinstance(value, str):
        return HOSTILE + value
    if isinstance(value, list):
        return [poisoned(item) for item in value]
    kept = ("reason", "safety", "path", "original")
    return (
        {key: value[key] if key in kept else poisoned(value[key]) for key in value}
        if isinstance(value, dict)
        else value
    )


@pytest.fixture
def report(tmp_path):
    source = tmp_path / "net.py"
    source.write_text(f"x = '{HOSTILE}'\n" * 20, newline="")
    place = Span(str(source), 1, 1, 1, 20)
    fix = Fix("fix", (Edit(place, "y", source.read_text()[:19]),), Safety.SAFE)
    finding = Finding("SD1", "x", place, (Label(place, "words"),), ("a note",), (fix,))
    data = to_json(dataclasses.replace(CRASH, findings=(finding,), calls=(Call("a", "B"),)))
    return from_json(type(CRASH), poisoned(data))


@pytest.mark.parametrize("name", format_names())
@pytest.mark.parametrize("width", [30, 80])
def test_no_control_character_reaches_the_terminal(report, name, width):
    text = load_format(name).render(report, Page(width, terminal=True))
    assert {character for character in text if unicodedata.category(character) in ("Cc", "Cf")} == {"\n"}


@pytest.mark.parametrize("name", format_names())
def test_markup_is_text(report, name):
    text = load_format(name).render(report, Page(1000))
    assert "[bold red]x[/]" in text and ":smile:" in text


def test_an_annotation_stays_one_command(report):
    lines = load_format("github").render(report, Page()).splitlines()
    assert lines and all(line.startswith("::error ") for line in lines)
