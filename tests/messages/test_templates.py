"""Every known error text: recognised alone, with its code and all of its numbers."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from shapedoc.messages import explain_text
from shapedoc.messages.reading.catalogue import recognise
from shapedoc.messages.reading.wording import Value

ROWS: dict[int, dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "data/templates.yaml").read_text("utf-8")
)


def numbers_of(value: Value) -> list[int]:
    items = value if isinstance(value, tuple) else (value,)
    return [item for item in items if isinstance(item, int)]


@pytest.mark.parametrize("number", [number for number, row in ROWS.items() if row["code"]])
def test_text_gives_its_code_and_all_its_numbers(number: int) -> None:
    row = ROWS[number]
    causes = explain_text(row["log"]).causes
    assert [cause.code for cause in causes] == [row["code"]]
    found = Counter(n for value in causes[0].fields.values() for n in numbers_of(value))
    assert not Counter(row["numbers"]) - found


@pytest.mark.parametrize("number", [number for number, row in ROWS.items() if not row["code"]])
def test_echo_is_recognised_and_is_no_cause(number: int) -> None:
    log = ROWS[number]["log"]
    assert recognise(log)
    explanation = explain_text(log)
    assert not explanation.causes and explanation.notes


def test_all_templates_are_in_the_table() -> None:
    assert sorted(ROWS) == list(range(1, 155))
    assert sum(bool(row["code"]) for row in ROWS.values()) >= 150
