"""A fault that error texts can tell of: its code, how libraries word it, what it means to the user.

>>> fault = Fault("SD101", "{k} features for a layer of {k2}", ("(1x{k} and {k2}x{:})",), compare="k2 k")
>>> fault.reading(Seen({"k": 64, "k2": 256})).notes
('256 = 4 x 64',)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum

from shapedoc.messages.meaning.numbers import relation
from shapedoc.messages.reading.frames import Frame
from shapedoc.messages.reading.wording import Fields, Value


class Role(Enum):
    """What a text says about the run that printed it."""

    CAUSE = "the fault itself"
    WRAPPER = "it carries another exception further"
    ANNOUNCED = "the next exception is the same fault again, unless the run goes on"
    LATE = "a GPU reports it late: the frame is not to blame"
    ECHO = "another process or a wrapper repeats that something failed"
    WARNING = "the run went on"
    INNOCENT = "looks like a fault of shapes and is none"


@dataclass(frozen=True, slots=True)
class Seen:
    """A fault as one log shows it."""

    fields: Fields
    text: str = ""  # the message, with the lines around it
    code: str = ""  # the user's line
    frames: tuple[Frame, ...] = ()

    def number(self, name: str) -> int:
        """A field that is a plain number; 0 where it is missing or a symbol of dynamic shapes."""
        value = self.fields.get(name)
        return value if isinstance(value, int) else 0

    def shape(self, name: str) -> tuple[int, ...]:
        """A field that is a shape of plain numbers; empty where it is missing."""
        value = self.fields.get(name)
        return tuple(item for item in value if isinstance(item, int)) if isinstance(value, tuple) else ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a fault means: the message and code where they differ from the table's, notes, likely fixes."""

    message: str = ""
    notes: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()
    code: str = ""
    parameter: str = ""  # the first one of a checkpoint that shows it


Decoder = Callable[[Seen], Reading | None]


def first(*decoders: Decoder) -> Decoder:
    """Of several explanations, likeliest first, the one that fits."""
    return lambda seen: next((reading for decoder in decoders if (reading := decoder(seen))), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """A row of a family's table. `says`, `notes` and `fixes` name the fields of the wordings in braces."""

    code: str
    says: str
    wordings: tuple[str, ...]
    compare: str = ""  # expected and found: two fields whose ratio, product or remainder explain much
    notes: tuple[str, ...] = ()
    fixes: tuple[str, ...] = ()  # likeliest first
    decode: tuple[Decoder, ...] = ()  # what the numbers say beyond that; their fixes come first
    around: tuple[str, ...] = ()  # wordings with more fields that may stand near
    role: Role = Role.CAUSE
    untold: str = ""  # what the text leaves out
    # Where other faults have the same text.
    only: Callable[[Seen], bool] | None = field(default=None, compare=False)
    gather: Callable[[tuple[Fields, ...]], tuple[Reading, ...]] | None = field(default=None, compare=False)

    def missing(self, fields: Fields) -> str:
        """What the text leaves out."""
        return "".join(_filled([self.untold], {name: show(value) for name, value in fields.items()}))

    def advice(self, fields: Fields) -> tuple[str, ...]:
        """What the table says to do, whatever the numbers are."""
        return tuple(_filled(self.fixes, {name: show(value) for name, value in fields.items()}))

    def reading(self, seen: Seen) -> Reading:
        """The table's words and the decoders', filled in."""
        decoded = [reading for decoder in self.decode if (reading := decoder(seen))]
        compared = relation(*(seen.number(name) for name in self.compare.split())) if self.compare else ""
        shown = {name: show(value) for name, value in seen.fields.items()}
        message = next((reading.message for reading in decoded if reading.message), "")
        return Reading(
            message or "".join(_filled([self.says], shown)) or "sizes disagree",
            _unique(
                *(note for reading in decoded for note in reading.notes),
                compared,
                *_filled(self.notes, shown),
            ),
            _unique(*(fix for reading in decoded for fix in reading.fixes), *_filled(self.fixes, shown)),
            next((reading.code for reading in decoded if reading.code), self.code),
        )


def _filled(texts: Iterable[str], shown: dict[str, str]) -> Iterator[str]:
    """The texts, filled in, without those that name a field which the wording at hand lacks."""
    for text in texts:
        with suppress(KeyError):
            yield text.format_map(shown)


def show(value: Value) -> str:
    """A field as a reader writes it: a shape in brackets."""
    return f"[{', '.join(map(str, value))}]" if isinstance(value, tuple) else str(value)


def _unique(*texts: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
