"""`shapedoc rules`: what is checked."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import Enum
from typing import Annotated

from typer import Option

from shapedoc.cli._output import OutputPath, write
from shapedoc.core.rules import Rule, rules


class Listing(str, Enum):
    """How a list is written."""

    TEXT = "text"
    JSON = "json"


def command(
    format: Annotated[Listing, Option(help="For readers or for programs.")] = Listing.TEXT,
    output: OutputPath = None,
) -> int:
    """List what is checked; `explain` tells more."""
    found = rules()
    write(_as_json(found) if format is Listing.JSON else _as_text(found), output)
    return 0


def _as_text(found: tuple[Rule, ...]) -> str:
    widest = max((len(rule.name) for rule in found), default=0)
    return "".join(f"{rule.code}  {rule.name:{widest}}  {rule.summary}\n" for rule in found)


def _as_json(found: tuple[Rule, ...]) -> str:
    return json.dumps({"version": 1, "rules": [asdict(rule) for rule in found]}, indent=2) + "\n"
