"""Finding a configuration, and reading it: one of two files, and the same keys in both."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from shapedoc.config.located import Node, fault
from shapedoc.core.errors import UserError

YAML, TOML = "shapedoc.yaml", "pyproject.toml"
NOTHING = Node({}, 1, 1)


def nearest_config(folder: Path) -> Path | None:
    """The configuration of a folder or of the nearest one above it; shapedoc.yaml comes first."""
    return next((path for parent in (folder, *folder.parents) if (path := config_in(parent))), None)


def config_in(folder: Path) -> Path | None:
    if (folder / YAML).is_file():
        return folder / YAML
    project = folder / TOML
    return project if project.is_file() and b"tool.shapedoc" in project.read_bytes() else None


def read_config(path: Path) -> Node:
    """The nodes of a configuration; raises ConfigError."""
    text = read_text(path)
    return _READERS.get(path.suffix, _yaml)(text, path)


def read_text(path: Path) -> str:
    """The text of a file; raises UserError where there is none."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None


def as_yaml(path: Path) -> str:
    """A configuration as YAML, whatever it is written in: a table of TOML becomes JSON, which is YAML."""
    if path.suffix != ".toml":
        return read_text(path)
    node = read_config(path)
    return node.document or json.dumps(node.value)


def _yaml(text: str, path: Path) -> Node:
    from shapedoc.config.yaml_file import read_yaml

    return _mapping(read_yaml(text, path), path)


def _toml(text: str, path: Path) -> Node:
    from shapedoc.config.toml_file import read_toml

    return _mapping(read_toml(text, path) or NOTHING, path)


def _mapping(node: Node, path: Path) -> Node:
    if not isinstance(node.value, dict):
        raise fault(path, (node.line, node.column), "keys and values belong here")
    return node


_READERS: Mapping[str, Callable[[str, Path], Node]] = {".toml": _toml}
