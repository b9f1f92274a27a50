"""A YAML text as located nodes.

>>> node = read_yaml("models:\\n  - target: net.py:Net\\n", Path("shapedoc.yaml"))
>>> node.value["models"].value[0].keys
{'target': (2, 5)}
>>> read_yaml("select: [SD1\\n", Path("shapedoc.yaml"))
Traceback (most recent call last):
shapedoc.config.located.ConfigError: shapedoc.yaml:2:1: did not find expected ',' or ']'
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from shapedoc.config.located import Node, Place, fault

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
VERBATIM = {"inputs"}  # may hold tags such as !tuple, which the worker reads


def read_yaml(text: str, path: Path) -> Node:
    """The nodes of a text; a file without any is an empty mapping."""
    try:
        root = yaml.compose(text, LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise fault(path, _place(mark) if mark else (0, 0), str(error.problem or error.context)) from None
    except yaml.YAMLError as error:
        raise fault(path, (0, 0), " ".join(str(error).split())) from None
    try:
        return Node({}, 1, 1) if root is None else _node(root, path)
    except RecursionError:
        raise fault(path, (0, 0), "an alias stands inside of what it names") from None


def _node(node: yaml.Node, path: Path) -> Node:
    return _KINDS[type(node)](node, path)


def _scalar(node: yaml.Node, path: Path) -> Node:
    constructor = yaml.constructor.SafeConstructor()
    try:
        value = constructor.construct_object(node)
    except (yaml.MarkedYAMLError, ValueError) as error:
        raise fault(path, _place(node.start_mark), str(getattr(error, "problem", error))) from None
    return Node(value, *_place(node.start_mark))


def _sequence(node: yaml.Node, path: Path) -> Node:
    return Node([_node(item, path) for item in node.value], *_place(node.start_mark))


def _mapping(node: yaml.Node, path: Path) -> Node:
    items: dict[str, Node] = {}
    keys: dict[str, Place] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in keys:
            raise fault(path, _place(key.start_mark), f"{name!r} is here a second time")
        keys[name] = _place(key.start_mark)
        items[name] = _verbatim(value) if name in VERBATIM else _node(value, path)
    return Node(items, *_place(node.start_mark), keys)


def _verbatim(node: yaml.Node) -> Node:
    value: Any = {} if isinstance(node, yaml.MappingNode) else node.value
    return Node(value, *_place(node.start_mark), document=yaml.serialize(node))


def _place(mark: Any) -> Place:
    return mark.line + 1, mark.column + 1


_KINDS: dict[type, Callable[[yaml.Node, Path], Node]] = {
    yaml.ScalarNode: _scalar,
    yaml.SequenceNode: _sequence,
    yaml.MappingNode: _mapping,
}
