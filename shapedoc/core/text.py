"""Text for a reader; what somebody else chose is made fit for a terminal.

A model may hold any character in its names, messages and source lines. Escape sequences, and the
marks that reorder text (https://trojansource.codes), are shown and never obeyed:

>>> printable("red \\x1b[31malert\\r\\n")
'red \\\\x1b[31malert\\\\r\\n'
"""

from __future__ import annotations

import unicodedata

_KEPT = "\n\t"


def printable(text: str) -> str:
    """The text with control and formatting characters written out; line ends and tabs stay."""
    if text.isprintable():
        return text
    return "".join(_escaped(character) for character in text)


def one_line(text: str) -> str:
    """Printable text with every run of white space, line ends included, as one space."""
    return " ".join(printable(text).split())


def difference(old: str, new: str) -> tuple[int, int]:
    """Where two texts begin to differ, and where the longer one ends to.

    >>> difference("x.view(b, t, d)", "x.view(b, d)")
    (10, 13)
    """
    start = _shared(old, new)
    return start, max(len(old), len(new)) - _shared(old[start:][::-1], new[start:][::-1])


def _shared(old: str, new: str) -> int:
    """How many characters two texts begin with in common."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((index for index, (one, other) in pairs if one != other), min(len(old), len(new)))


def counted(number: int, noun: str) -> str:
    """A number of things.

    >>> counted(1, "edit"), counted(2, "edit")
    ('1 edit', '2 edits')
    """
    return f"{number} {noun}{'s' * (number != 1)}"


def _escaped(character: str) -> str:
    # Cc controls, Cf formats such as bidirectional overrides, Cs lone surrogates, Zl and Zp line ends.
    if character in _KEPT or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character
    return character.encode("unicode_escape").decode()
