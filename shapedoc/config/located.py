"""Values that know where in a file they stand.

>>> node = Node({"depth": Node(12, 1, 8)}, 1, 1)
>>> plain(node), node.value["depth"].column
({'depth': 12}, 8)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapedoc.core.errors import UserError

Place = tuple[int, int]  # line and column, both from 1


class ConfigError(UserError):
    """A configuration that cannot be used; the message begins with its place."""


@dataclass(frozen=True)
class Node:
    """A scalar, a list of nodes, or a mapping to nodes. `document` is its own text, as YAML."""

    value: Any
    line: int
    column: int
    keys: Mapping[str, Place] = field(default_factory=dict)  # where each key of a mapping stands
    document: str = ""


def plain(node: Node) -> Any:
    """The value alone, as `json.loads` would give it."""
    if isinstance(node.value, dict):
        return {key: plain(item) for key, item in node.value.items()}
    return [plain(item) for item in node.value] if isinstance(node.value, list) else node.value


def fault(path: Path, place: Place, message: str) -> ConfigError:
    """What is wrong, behind `file:line:column`; a line of 0 is unknown."""
    return ConfigError(":".join(str(part) for part in (path, *place) if part) + f": {message}")
