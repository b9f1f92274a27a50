"""`[tool.shapedoc]` of a pyproject.toml as located nodes.

TOML parsers tell no places, so they are found again in the text, by table and key:

>>> text = "[tool.shapedoc]\\nselect = ['SD1']\\n[[tool.shapedoc.models]]\\ntarget = 'net.py:Net'"
>>> node = read_toml(text, Path("pyproject.toml"))
>>> node.keys, node.value["models"].value[0].keys
({'select': (2, 1), 'models': (3, 1)}, {'target': (4, 1)})
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from shapedoc.config.located import Node, Place, fault

tomllib: Any = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

TABLE = ("tool", "shapedoc")
HEADER = re.compile(r"\s*(\[{1,2})\s*([^\[\]]+?)\s*\]{1,2}\s*(?:#|$)")
ASSIGNMENT = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")

Keys: TypeAlias = tuple[Any, ...]


def read_toml(text: str, path: Path) -> Node | None:
    """The nodes of the table, None where there is none."""
    try:
        document: Any = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        place = (int(found[1]), int(found[2])) if found else (len(text.splitlines()), 0)  # at its end
        raise fault(path, place, re.sub(r" \(at .*", "", str(error))) from None
    for name in TABLE:
        document = document.get(name) if isinstance(document, Mapping) else None
    return None if document is None else _node(document, TABLE, dict(_places(text)), (1, 1))


def _node(value: Any, keys: Keys, places: Mapping[Keys, Place], outer: Place) -> Node:
    """A key of an inline table has the place of the nearest one around it that is known."""
    place = places.get(keys, outer)
    if isinstance(value, Mapping):
        items = {str(key): _node(item, (*keys, key), places, place) for key, item in value.items()}
        known = {str(key): places.get((*keys, key), place) for key in value}
        return Node(items, *place, known, _document(value))
    if isinstance(value, list):
        parts = [_node(item, (*keys, index), places, place) for index, item in enumerate(value)]
        return Node(parts, *place, document=_document(value))
    return Node(value, *place, document=_document(value))


def _document(value: Any) -> str:
    """JSON is YAML."""
    return json.dumps(value, default=str)


def _places(text: str) -> Iterator[tuple[Keys, Place]]:
    """Where every table and every key of a table begins, from the last one to the first."""
    found: list[tuple[Keys, Place]] = []
    table: Keys = ()
    counts: Counter[Keys] = Counter()
    for number, line in enumerate(text.splitlines(), 1):
        place = (number, len(line) - len(line.lstrip()) + 1)
        if header := HEADER.match(line):
            table = _indexed(_parts(header[2]), counts)
            if header[1] == "[[":
                found.append((table, place))
                table = (*table, counts[table])
                counts[table[:-1]] += 1
            found.append((table, place))
        elif assignment := ASSIGNMENT.match(line):
            found.append(((*table, *_parts(assignment[1])), place))
    return reversed(found)


def _indexed(parts: Keys, counts: Mapping[Keys, int]) -> Keys:
    """`models.kernels` after two `[[models]]` is `models[1].kernels`."""
    keys: Keys = ()
    for part in parts[:-1]:
        keys = (*keys, part)
        keys += (counts[keys] - 1,) if counts.get(keys) else ()
    return keys + parts[-1:]


def _parts(dotted: str) -> Keys:
    return tuple(part.strip("\"'") for part in PART.findall(dotted))
