"""The tables of all families: they compile, and speak of fields that their wordings have."""

from __future__ import annotations

import itertools
import re
from string import Formatter

import pytest

from shapedoc.core.rules import rules
from shapedoc.messages._fault import Fault, Seen
from shapedoc.messages.reading import wording
from shapedoc.messages.reading.catalogue import faults

FAULTS = faults()


def names(texts: tuple[str, ...]) -> set[str]:
    return {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.says[:60])
def test_wordings_compile_and_hold_what_is_said(fault: Fault) -> None:
    for text in (*fault.wordings, *fault.around):
        assert wording.Wording(text).search("nothing of the kind") is None
    known = names((*fault.wordings, *fault.around))
    told = names((fault.says, *fault.notes, *fault.fixes, fault.untold)) | set(fault.compare.split())
    assert told <= known


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.says[:60])
def test_decoders_bear_missing_fields(fault: Fault) -> None:
    assert fault.reading(Seen({})).message
    zeros = dict.fromkeys(names((*fault.wordings, *fault.around)), 0)
    assert fault.reading(Seen(zeros)).message
    empty = dict.fromkeys(zeros, ())
    assert fault.reading(Seen(empty)).message


def test_codes_are_those_of_rules() -> None:
    codes = {fault.code for fault in FAULTS if fault.code}
    assert codes and codes <= {rule.code for rule in rules()}


def test_no_wording_is_given_twice() -> None:
    texts = [text for fault in FAULTS for text in fault.wordings]
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize("text", sorted({text for fault in FAULTS for text in fault.wordings}))
def test_every_repetition_in_a_pattern_is_bounded(text: str) -> None:
    pattern = wording._compiled(text).pattern
    assert not re.search(r"(?<!\\)[*+]", re.sub(r"\[[^\]]*\]|\\.", "", pattern))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.says[:60])
def test_no_equation_says_that_a_number_is_itself(fault: Fault) -> None:
    known = sorted(names((*fault.wordings, *fault.around)))
    for sizes in itertools.product((3, 5, 8, 400), repeat=2):
        for value in (lambda size: size, lambda size: (size,), lambda size: (-1, size)):
            fields = {name: value(size) for name, size in zip(known, itertools.cycle(sizes), strict=False)}
            for note in fault.reading(Seen(fields)).notes:
                assert not re.search(r"(?:^|[^x+] )(\d+(?: : \d+)?) = \1(?! [x+])\b|\b0 x ", note), note
