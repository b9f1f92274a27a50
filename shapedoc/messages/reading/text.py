r"""Bytes of a log as plain text: nothing in it can move a cursor, colour a terminal or hide.

>>> clean(b"\x1b[31mRuntimeError\x1b[0m: shape \\'[4, 2]\\' is invalid\x00\xff")
"RuntimeError: shape '[4, 2]' is invalid\ufffd"

Quotes that a web page, a word processor or JSON has changed become what the program printed, and so
do the full-width brackets of Chinese and Japanese articles.

>>> clean("mat1 and mat2 shapes cannot be multiplied（2×3 and 4×5）".encode())
'mat1 and mat2 shapes cannot be multiplied(2x3 and 4x5)'
"""

from __future__ import annotations

import re
import unicodedata

ESCAPE = re.compile(
    r"(?:\x1b|\\u001b|\\x1b|\\033|\\e|\^\[)\[[0-?]{0,40}[ -/]{0,8}[@-~]"  # colours, cursor moves
    r"|\x1b\][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\)?"  # window titles, hyperlinks
    r"|\x1b[@-_]"
    r"|\[(?:\d{1,3}(?:;\d{1,3}){0,6})?m"  # colours whose escape character was lost
)
ENTITY = re.compile(r"&(#39|#x27|quot|lt|gt|amp|nbsp);")
ENTITIES = {"#39": "'", "#x27": "'", "quot": '"', "lt": "<", "gt": ">", "amp": "&", "nbsp": " "}
QUOTED = re.compile(r"\\{1,8}(['\"])")
NEWLINE = re.compile(r"\\{1,4}r?\\{0,4}n(?=\s|\\|[\"'A-Z|<]|\w{1,40}Error|$)")

LOOKALIKES = dict(
    zip(
        map(ord, "‘’‚“”„′″（）［］｛｝：，；＝．×✕＂＇、\u00a0\u3000"),
        "'''\"\"\"'\"()[]{}:,;=.xx\"',  ",
        strict=True,
    )
)


def _invisible() -> dict[int, None]:
    """Control characters, text direction marks and zero-width joiners; tab and newline stay."""
    hidden = [
        *range(32),
        *range(0x7F, 0xA0),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        0xFEFF,
    ]
    return dict.fromkeys(code for code in hidden if code not in (9, 10))


TRANSLATION: dict[int, str | None] = {**_invisible(), **LOOKALIKES}


def clean(raw: bytes) -> str:
    """Text that is safe to show and to match."""
    text = raw.decode("utf-8", "replace")
    if "\x1b" in text or "[" in text:
        text = ESCAPE.sub("", text)
    if not (text.isascii() and text.isprintable()):
        text = text.translate(TRANSLATION)
    if "&" in text:
        text = ENTITY.sub(lambda found: ENTITIES[found[1]], text)
    return QUOTED.sub(r"\1", text) if "\\" in text else text


def unfold(text: str) -> str:
    r"""A traceback that JSON or `repr` wrote on one line, as the lines it was.

    >>> unfold('{"error": "Traceback (most recent call last):\\n  File \\"net.py\\", line 3"}').count("\n")
    1
    >>> unfold(r'File "C:\net\new.py", line 3')
    'File "C:\\net\\new.py", line 3'
    """
    return NEWLINE.sub("\n", text) if "\\" in text else text


def printable(text: str, width: int = 300) -> str:
    """One line to quote in an answer.

    >>> printable("x" * 400, 5)
    'xxxx…'
    """
    line = " ".join(
        "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[: 4 * width]).split()
    )
    return line if len(line) <= width else line[: width - 1] + "…"
