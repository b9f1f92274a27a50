"""A JSON Schema from dataclasses, so that what is written down cannot differ from what is sent."""

import dataclasses
import types
import typing
from enum import Enum

TYPES = {str: "string", int: "integer", float: "number", bool: "boolean"}


def schema_of(root):
    """The schema of a report, a definition for every class in it."""
    definitions = {}
    reference = _of(root, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shapedoc report",
        **reference,
        "$defs": dict(sorted(definitions.items())),
    }


def _of(kind, definitions):
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return {"anyOf": [_of(arguments[0], definitions), {"type": "null"}]}
    if origin is tuple:
        return {"type": "array", "items": _of(arguments[0], definitions)}
    if kind in TYPES:
        return {"type": TYPES[kind]}
    if kind.__name__ not in definitions:
        definitions[kind.__name__] = {}  # seen, while its fields are worked out
        definitions[kind.__name__] = _definition(kind, definitions)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _definition(kind, definitions):
    description = " ".join((kind.__doc__ or "").split())
    if issubclass(kind, Enum):
        return {"description": description, "enum": [member.value for member in kind]}
    hints = typing.get_type_hints(kind)
    properties = {field.name: _of(hints[field.name], definitions) for field in dataclasses.fields(kind)}
    return {
        "description": description,
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }
