import pytest

from shapedoc.core.text import one_line, printable


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x07", "\x08", "\x1b", "\x7f", "\x9b", "\r", "\u2028", "\u202e", "\u2066", "\u200b", "\ud800"],
)
def test_no_control_character_is_left(character):
    shown = printable(f"a{character}b")
    assert character not in shown
    assert shown.startswith("a\\") and shown.endswith("b")
    shown.encode()


@pytest.mark.parametrize("text", ["", "plain", "größe × 注意 →", "two\n\tlines"])
def test_readable_text_stays(text):
    assert printable(text) == text


def test_one_line_has_no_line_ends():
    assert one_line(" a\n\n  b\tc ") == "a b c"
