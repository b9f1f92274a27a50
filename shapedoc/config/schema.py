"""Whether a configuration keeps to its JSON Schema, with the place of what does not.

>>> check(Node({"modles": Node([], 1, 9)}, 1, 1, {"modles": (1, 1)}), Path("shapedoc.yaml"))
Traceback (most recent call last):
shapedoc.config.located.ConfigError: shapedoc.yaml:1:1: no key 'modles'; did you mean models?

Only the words that the schema uses are known here. jsonschema knows them all, but takes longer to import
than most runs take, and tells no places.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from shapedoc.config.located import Node, Place, fault

FILE = Path(__file__).with_name("shapedoc.schema.json")
TYPES: Mapping[str, tuple[tuple[type, ...], str]] = {
    "object": ((dict,), "keys and values"),
    "array": ((list,), "a list"),
    "string": ((str,), "a text"),
    "boolean": ((bool,), "true or false"),
    "integer": ((int,), "a whole number"),
    "number": ((int, float), "a number"),
}

SHOWN = (TYPES["object"], TYPES["array"])  # everything else is shown as it is

Schema: TypeAlias = Mapping[str, Any]
Faults: TypeAlias = Iterator[tuple[Place, str]]


def check(root: Node, path: Path) -> None:
    """Raise ConfigError for what stands first in the file and is wrong."""
    first = min(_faults(root, schema(), ""), default=None)
    if first:
        raise fault(path, *first)


@cache
def schema() -> dict[str, Any]:
    """The schema of a configuration."""
    loaded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def _faults(node: Node, rule: Schema, name: str) -> Faults:
    while "$ref" in rule:
        rule = schema()["$defs"][rule["$ref"].rpartition("/")[2]]
    for word, checker in _CHECKERS.items():
        if word in rule:
            yield from checker(node, rule, name)


def _type(node: Node, rule: Schema, name: str) -> Faults:
    types = [rule["type"]] if isinstance(rule["type"], str) else rule["type"]
    if not any(_is(node.value, kind) for kind in types):
        wanted = " or ".join(TYPES[kind][1] for kind in types)
        quotes = "; put it into quotes" if types == ["string"] and _is(node.value, "number") else ""
        about = f" ({rule['description'].rstrip('.')})" if "description" in rule else ""
        yield (node.line, node.column), f"{name} takes {wanted}, not {_shown(node)}{quotes}{about}"


def _is(value: Any, kind: str) -> bool:
    return isinstance(value, TYPES[kind][0]) and (kind == "boolean" or not isinstance(value, bool))


def _properties(node: Node, rule: Schema, name: str) -> Faults:
    """What stands under known keys, and keys that are not known."""
    if not isinstance(node.value, dict):
        return
    known, others = rule.get("properties", {}), rule.get("additionalProperties", {})
    for key, item in node.value.items():
        if key in known or others:
            yield from _faults(item, known.get(key, others), f"{name}.{key}" if name else key)
        elif others is False:
            near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            yield node.keys[key], f"no key {key!r}{f' in {name}' if name else ''}; {hint}"


def _required(node: Node, rule: Schema, name: str) -> Faults:
    missing = [key for key in rule["required"] if isinstance(node.value, dict) and key not in node.value]
    yield from (((node.line, node.column), f"{name} needs a {key}") for key in missing)


def _items(node: Node, rule: Schema, name: str) -> Faults:
    if isinstance(node.value, list):
        for index, item in enumerate(node.value):
            yield from _faults(item, rule["items"], f"{name}[{index}]")


def _enum(node: Node, rule: Schema, name: str) -> Faults:
    if node.value not in rule["enum"]:
        near = difflib.get_close_matches(str(node.value), rule["enum"], n=1)
        hint = f"did you mean {near[0]}?" if near else f"it is one of {', '.join(rule['enum'])}"
        yield (node.line, node.column), f"{name}: no {_shown(node)} here; {hint}"


def _pattern(node: Node, rule: Schema, name: str) -> Faults:
    if isinstance(node.value, str) and not re.search(rule["pattern"], node.value):
        yield (node.line, node.column), f"{name}: {_shown(node)} does not read {rule['pattern']}"


def _names(node: Node, rule: Schema, name: str) -> Faults:
    pattern = rule["propertyNames"]["pattern"]
    for key in node.value if isinstance(node.value, dict) else ():
        if not re.search(pattern, key):
            yield node.keys[key], f"{name}: {key!r} is no name ({rule['description'].rstrip('.')})"


def _minimum(node: Node, rule: Schema, name: str) -> Faults:
    least, above = rule.get("minimum"), rule.get("exclusiveMinimum")
    if not _is(node.value, "number"):
        return
    if (least is not None and node.value < least) or (above is not None and node.value <= above):
        yield (node.line, node.column), f"{name}: {node.value} is too small"


def _shown(node: Node) -> str:
    return next((words for kinds, words in SHOWN if isinstance(node.value, kinds)), repr(node.value))


_CHECKERS: Mapping[str, Callable[[Node, Schema, str], Faults]] = {
    "type": _type,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _minimum,
    "exclusiveMinimum": _minimum,
    "required": _required,
    "additionalProperties": _properties,
    "propertyNames": _names,
    "items": _items,
}
