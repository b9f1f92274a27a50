"""Inputs in YAML: tensors as specs, any nesting of mappings and lists, `!tuple` lists, and literals.

>>> read_text("x: b=2 c=3\\nsizes: !tuple [4, 2.5]\\nmode: mean", "inputs.yaml")["sizes"]
(4, 2.5)

A string that starts like a spec, with a number or `name=`, is one; any other string is itself.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from shapedoc.core.specs import SpecError, parse_spec
from shapedoc.trace.inputs.making import InputError

SPEC = re.compile(r"\s*(?:\(\)|\d+\s*(?:[,:\s]|$)|[A-Za-z_]\w*\s*=)")
TEXT = "tag:yaml.org,2002:str"


def read_document(path: Path) -> Any:
    """The values of a YAML file; raises InputError with line and column."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    return read_text(text, str(path))


def read_text(text: str, origin: str, section: str = "") -> Any:
    """The values of a YAML text, or of one section of it: what stands elsewhere may have other rules."""
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if section:
            pairs = node.value if isinstance(node, yaml.MappingNode) else []
            node = next((value for key, value in pairs if key.value == section), None)
        return None if node is None else _value(node, loader, origin)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"{origin}:{mark.line + 1}:{mark.column + 1}" if mark else origin
        raise InputError(f"{place}: {error.problem or error.context}") from None
    except yaml.YAMLError as error:
        raise InputError(f"{origin}: {' '.join(str(error).split())}") from None
    finally:
        loader.dispose()


def _value(node: yaml.Node, loader: yaml.SafeLoader, origin: str) -> Any:
    match node:
        case yaml.MappingNode():
            pairs = [(_value(key, loader, origin), _value(item, loader, origin)) for key, item in node.value]
            return dict(pairs)
        case yaml.SequenceNode():
            items = [_value(item, loader, origin) for item in node.value]
            return tuple(items) if node.tag == "!tuple" else items
        case yaml.ScalarNode(tag=tag, value=text) if tag == TEXT and SPEC.match(text):
            return _spec(node, text, origin)
    return loader.construct_object(node)


def _spec(node: yaml.Node, text: str, origin: str) -> Any:
    try:
        return parse_spec(text)
    except SpecError as error:
        mark = node.start_mark
        raise InputError(f"{origin}:{mark.line + 1}:{mark.column + 1}: {text!r}: {error}") from None
