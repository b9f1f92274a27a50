"""The lines of a fix in the tree: within the page, and never without what changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shapedoc.core.report import Edit, Span
from shapedoc.core.source import read_instead
from shapedoc.formats.tree.diff import hunks

SPANS = st.tuples(st.integers(0, 150), st.integers(1, 12), st.integers(0, 150))
PATH = str(Path("net.py").absolute())


def shown(lines: list[str], edits: list[Edit], width: int) -> list[str]:
    with read_instead({PATH: "\n".join(lines).encode()}):
        return [line.plain for _, found in hunks(edits, width) for line in found]


def edit(line: int, start: int, old: str, new: str) -> Edit:
    return Edit(Span(PATH, line, start + 1, line, start + 1 + len(old)), new, old)


@given(SPANS, st.text("#", max_size=12), st.integers(30, 90))
def test_a_change_is_shown_wherever_it_stands(span: tuple[int, int, int], new: str, width: int) -> None:
    before, count, after = span
    code = "x" * before + "@" * count + "y" * after
    lines = shown([code], [edit(1, before, "@" * count, new)], width)
    assert all(len(line) <= width for line in lines)
    [old_at, new_at] = [index for index, line in enumerate(lines) if line[:2] in ("- ", "+ ")]
    old_lines, new_lines = lines[old_at:new_at], lines[new_at:]
    assert sum(line.count("@") for line in old_lines) == count
    assert sum(line.count("#") for line in new_lines) == len(new)
    assert len(lines) == 2


@pytest.mark.parametrize("width", [40, 60, 80])
def test_a_change_wider_than_the_page_is_shown_whole(width: int) -> None:
    code = "x" * 50 + "@" * 100 + "y" * 50
    lines = shown([code], [edit(1, 50, "@" * 100, "#" * 120)], width)
    assert all(len(line) <= width for line in lines)
    assert "".join(lines).count("@") == 100 and "".join(lines).count("#") == 120


def test_both_sides_are_cut_at_the_same_place() -> None:
    code = "abcdefghij" * 8 + "@" + "klm" * 30
    old, new = shown([code], [edit(1, 80, "@", "####")], 60)
    assert old[2:].partition("@")[0] == new[2:].partition("#")[0]
    assert old.endswith("…") and new.endswith("…") and old[2] == new[2] == "…"


def test_lines_that_change_together_each_show_their_own_change() -> None:
    first, second = "x" * 90 + "@", "y" * 20 + "@" + "z" * 90
    lines = shown([first, second], [edit(1, 90, "@", "#"), edit(2, 20, "@", "#")], 60)
    assert len(lines) == 4 and all(len(line) <= 60 for line in lines)
    assert [("@" in line, "#" in line) for line in lines] == [(True, False)] * 2 + [(False, True)] * 2


def test_a_line_that_fits_is_left_as_it_is() -> None:
    assert shown(["x = f(a, b)"], [edit(1, 6, "a", "c")], 60) == ["- x = f(a, b)", "+ x = f(c, b)"]
