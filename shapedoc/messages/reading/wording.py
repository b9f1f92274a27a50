"""Error texts with named fields, written as they are read and compiled when first needed.

>>> wording = Wording("mat1 and mat2 shapes cannot be multiplied ({m}x{k} and {k2}x{n})")
>>> wording.search("RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)").fields
{'m': 2, 'k': 3, 'k2': 4, 'n': 5}

A field is a number unless it says otherwise: `{s:shape}`, `{name:word}`, `{why:text}`; a field
without a name is matched and dropped. Braces are doubled, as in `str.format`. A blank matches any
run of white space, because terminals wrap, and none beside a bracket or a comma, because people
retype. Every repetition in the compiled pattern is bounded, so a search takes linear time.

>>> Wording("got input of size {t:shape}").search("got input of size torch.Size([2, 3, 4])").fields
{'t': (2, 3, 4)}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from string import Formatter

Value = int | str | tuple[int | str, ...]
Fields = dict[str, Value]

ITEM = r"(?:-?\d{1,18}|[su]\d{1,4}\b|\*)"
FIELD = r"\{[^{}]*\}"
WORD = r"[A-Za-z_]{3,}|[^\W\d_a-zA-Z]{2,}"  # a word says as much in two Chinese characters
CLOSED = rf"(?:torch\.Size)?[(\[]{{1,2}}\s?(?:{ITEM}(?:\s?[,x*]\s?{ITEM}){{0,11}}\s?,?)?\s?[)\]]{{1,2}}"
BARE = rf"{ITEM}(?:(?:\s?[x*]\s?|,\s?|\s){ITEM}){{0,11}}"


def _number(text: str) -> int | str:
    return int(text) if text.lstrip("-").isdigit() else text


def _shape(text: str) -> tuple[int | str, ...]:
    return tuple(_number(item) for item in re.findall(ITEM, text))


# What a field may look like, and the value it stands for. Dynamic shapes print symbols: s0, u3.
KINDS: dict[str, tuple[str, Callable[[str], Value]]] = {
    "": (r"-?\d{1,18}|[su]\d{1,4}\b", _number),
    "shape": (rf"{CLOSED}|{BARE}", _shape),
    "word": (r"[^\s,;:()\[\]{}'\"]{1,200}", str),
    "text": (r"[^\n]{0,300}?", str),
    "rest": (r"[^\n]{0,2000}", str),
}


@dataclass(frozen=True, slots=True)
class Match:
    """Where a wording stands in a text, and what its fields hold."""

    start: int
    end: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class Wording:
    """One way in which a library says a fault."""

    text: str

    def matches(self, text: str) -> Iterator[Match]:
        """Every place where the wording stands."""
        kinds = _kinds(self.text)
        for found in _compiled(self.text).finditer(text):
            values = {name: kinds[name](value) for name, value in found.groupdict().items()}
            yield Match(found.start(), found.end(), values)

    def search(self, text: str) -> Match | None:
        """The first of them."""
        return next(self.matches(text), None)


@cache
def words(text: str) -> tuple[str, ...]:
    """The words every text of this wording must contain, longest first: a cheap test before a search.

    >>> words("Expected hidden[0] size {s:shape}, got {t:shape}")
    ('Expected', 'hidden', 'size', 'got')
    """
    found = set(re.findall(WORD, re.sub(FIELD, " ", text)))
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


@cache
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile("".join(_pieces(text)))


@cache
def _kinds(text: str) -> dict[str, Callable[[str], Value]]:
    return {name: KINDS[kind or ""][1] for _, name, kind, _ in Formatter().parse(text) if name}


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for literal, name, kind, _ in Formatter().parse(text):
        pieces.append(_literal(literal, "[" if kind == "shape" else "0"))
        if name is not None:
            pieces.append(f"(?P<{name}>{KINDS[kind or ''][0]})" if name else f"(?:{KINDS[kind or ''][0]})")
    return pieces


def _literal(text: str, follower: str) -> str:
    """Words as they stand, blanks as `_blank` allows between what stands on either side of them."""
    parts = re.split(r"\s+", text)
    pairs = zip(parts, [*parts[1:], ""], strict=True)
    gaps = [_blank(left[-1:] or "0", right[:1] or follower) for left, right in pairs]
    return "".join(re.escape(part) + gap for part, gap in zip(parts, [*gaps[:-1], ""], strict=True))


def _blank(left: str, right: str) -> str:
    between_words = left.isalnum() and right.isalnum() and (left + right).isascii()
    return r"\s{1,80}" if between_words else r"\s{0,80}"
