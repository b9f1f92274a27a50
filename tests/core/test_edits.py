"""Edits change what they name and keep every other byte."""

import pytest

from shapedoc.core.edits import Stale, rewritten, unified
from shapedoc.core.report import Edit, Span


def edit(line, start, end, original, replacement, end_line=0):
    return Edit(Span("net.py", line, start, end_line or line, end), replacement, original)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(b"def f():\n\treturn ab  # why\n", b"def f():\n\treturn xyz  # why\n", id="tabs"),
        pytest.param(b"def f():\r\n\treturn ab\r\n", b"def f():\r\n\treturn xyz\r\n", id="CRLF"),
        pytest.param(b"\xef\xbb\xbfdef f():\n\treturn ab", b"\xef\xbb\xbfdef f():\n\treturn xyz", id="BOM"),
        pytest.param(b"#\x0c\n\treturn ab", b"#\x0c\n\treturn xyz", id="form feed"),
        pytest.param(
            "# coding: latin-1\n\treturn ab  # é".encode("latin-1"),
            "# coding: latin-1\n\treturn xyz  # é".encode("latin-1"),
            id="other encoding",
        ),
    ],
)
def test_all_else_survives(before, after):
    assert rewritten(before, [edit(2, 9, 11, "ab", "xyz")]) == after


def test_columns_count_characters():
    assert rewritten("é = 'ü'; y = 1".encode(), [edit(1, 14, 15, "1", "2")]) == "é = 'ü'; y = 2".encode()


def test_a_call_over_several_lines_takes_the_files_line_ends():
    change = edit(1, 5, 3, "f(1,\n 2", "g(\n 3", end_line=2)
    assert rewritten(b"x = f(1,\r\n 2)\r\n", [change]) == b"x = g(\r\n 3)\r\n"


def test_several_edits_of_one_line_keep_their_places():
    changes = [edit(1, 9, 10, "b", "beta"), edit(1, 5, 6, "a", "alpha")]
    assert rewritten(b"x = a + b\n", changes) == b"x = alpha + beta\n"


@pytest.mark.parametrize(
    "changes",
    [
        [edit(1, 5, 6, "b", "c")],
        [edit(7, 5, 6, "a", "c")],
        [edit(1, 5, 6, "a", "c"), edit(1, 5, 6, "a", "d")],
        [edit(1, 0, 0, "x = a", "y")],
    ],
)
def test_what_does_not_fit_is_refused(changes):
    with pytest.raises(Stale):
        rewritten(b"x = a\n", changes)


def test_a_diff_tells_of_a_missing_last_newline():
    lines = unified("net.py", b"x = 1", b"x = 2").splitlines()
    assert lines[2:] == [
        "@@ -1 +1 @@",
        "-x = 1",
        "\\ No newline at end of file",
        "+x = 2",
        "\\ No newline at end of file",
    ]
