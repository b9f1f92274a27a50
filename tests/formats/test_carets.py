import pytest

from shapedoc.formats.tree.carets import Mark, mark_lines


def plain(line, marks, width=60, indent=0):
    return [text.plain.rstrip() for text in mark_lines(line, indent, marks, width)]


@pytest.mark.parametrize(
    ("line", "mark", "expected"),
    [
        ("x = f(a)", Mark(4, 8, "here"), ["x = f(a)", "    ^^^^ here"]),
        ("\tx = f(a)", Mark(5, 9, "here"), ["    x = f(a)", "        ^^^^ here"]),
        ("名 = f(a)", Mark(4, 8, "here"), ["名 = f(a)", "     ^^^^ here"]),
        ("x = f(a)", Mark(4, 4, "here"), ["x = f(a)", "    ^ here"]),
    ],
    ids=["plain", "tab", "wide character", "empty"],
)
def test_carets_stand_under_their_code(line, mark, expected):
    assert plain(line, [mark]) == expected


def test_each_of_several_words_has_its_own_line():
    assert plain("f(a, b, c)", [Mark(2, 3, "first"), Mark(5, 6, "second"), Mark(8, 9, "third")]) == [
        "f(a, b, c)",
        "  ^  ^  ^ third",
        "     second",
        "  first",
    ]


def test_words_that_do_not_fit_beside_go_below():
    lines = plain("x" * 20, [Mark(10, 20, "as many words as do not fit beside the carets")], 24)
    assert lines[1] == " " * 10 + "^" * 10
    assert all(len(line) <= 24 for line in lines)
    assert " ".join(" ".join(lines[2:]).split()) == "as many words as do not fit beside the carets"


def test_a_long_line_is_cut_around_its_marks():
    code, carets = plain("a" * 100 + "XY" + "b" * 100, [Mark(100, 102)], 40)
    assert len(code) <= 40 and code.startswith("…") and code.endswith("…")
    assert code[carets.index("^") : carets.index("^") + 2] == "XY"


def test_a_line_without_marks_is_only_shown():
    assert plain("    x = 1", [], indent=4) == ["x = 1"]
