"""A target as the user wrote it, parsed once; nothing is imported and nothing evaluated.

>>> spec = parse_target("nets/model.py:Net(dim=64, heads=-8)")
>>> spec.path, spec.call
('nets/model.py', Call(name='Net', args=(), kwargs=(('dim', 64), ('heads', -8))))
>>> parse_target("my.package:Net(Config(hidden_size=64), act=nn.GELU)").call.args
(Call(name='Config', args=(), kwargs=(('hidden_size', 64),)),)
>>> parse_target("model.py").call is None
True
"""

from __future__ import annotations

import ast
import difflib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shapedoc.core.errors import UserError

TARGET = re.compile(r"(?:(?P<path>.*?\.py)|(?P<module>[\w.]+))(?::(?P<call>.*))?", re.DOTALL)
FORMS = "write path.py:Name, path.py:Name(dim=64) or package.module:Name"


class TargetError(UserError):
    """There is nothing to run; the message is one line that says why and what to write instead."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A name of the target's module, dots included."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call of such a name; arguments are literals, references, or calls again."""

    name: str
    args: tuple[Any, ...] = ()
    kwargs: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class TargetSpec:
    """`path` for a file, `module` for a dotted name; `call` is None where the file is to hold one model."""

    text: str
    path: str = ""
    module: str = ""
    call: Reference | Call | None = None

    @property
    def place(self) -> str:
        return self.path or self.module


def parse_target(text: str) -> TargetSpec:
    """Read `path.py:Name(dim=64)` and its other forms; raises TargetError."""
    match = TARGET.fullmatch(text.strip())
    if match is None:
        raise TargetError(f"{text!r} is no target: {FORMS}")
    call = None if match["call"] is None else _parse_call(match["call"].lstrip(), text)
    return TargetSpec(text, match["path"] or "", match["module"] or "", call)


def existing(path: Path) -> Path:
    """A path of a target, if there is such a file."""
    if path.is_file():
        return path
    if path.is_dir():
        raise TargetError(f"{path} is a folder: {FORMS}")
    if not path.parent.is_dir():
        raise TargetError(f"no folder {path.parent}, so no file {path}")
    siblings = sorted(item.name for item in path.parent.glob("*.py"))
    near = difflib.get_close_matches(path.name, siblings, n=3, cutoff=0.5) or siblings[:3]
    raise TargetError(f"no file {path}" + (f"; did you mean {' or '.join(near)}?" if near else ""))


def _parse_call(source: str, text: str) -> Reference | Call:
    try:
        value = _value(ast.parse(source, mode="eval").body)
    except SyntaxError as error:
        column = (error.offset or 1) + text.rindex(source)
        raise TargetError(f"{text!r} is no target: {error.msg} at character {column}; {FORMS}") from None
    except ValueError as error:
        raise TargetError(
            f"{text!r}: {error}; arguments are Python literals, names, or calls of names"
        ) from None
    if not isinstance(value, Reference | Call):
        raise TargetError(f"{text!r} is no target: {source!r} is not a name; {FORMS}")
    return value


def _value(node: ast.expr) -> Any:
    match node:
        case ast.Name() | ast.Attribute():
            return Reference(_dotted(node))
        case ast.Call():
            return _call(node)
        case ast.List():
            return [_value(item) for item in node.elts]
        case ast.Tuple():
            return tuple(_value(item) for item in node.elts)
        case ast.Dict():
            return {ast.literal_eval(key): _value(item) for key, item in _pairs(node)}
    try:
        return ast.literal_eval(node)
    except ValueError:
        raise ValueError(f"{ast.unparse(node)} is no literal") from None


def _call(node: ast.Call) -> Call:
    if any(isinstance(item, ast.Starred) for item in node.args) or any(k.arg is None for k in node.keywords):
        raise ValueError(f"{ast.unparse(node)} unpacks its arguments")
    keywords = tuple((keyword.arg or "", _value(keyword.value)) for keyword in node.keywords)
    return Call(_dotted(node.func), tuple(_value(item) for item in node.args), keywords)


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Name):
        return node.id
    raise ValueError(f"{ast.unparse(node)} is no name")


def _pairs(node: ast.Dict) -> list[tuple[ast.expr, ast.expr]]:
    if None in node.keys:
        raise ValueError(f"{ast.unparse(node)} unpacks a dict")
    return [(key, item) for key, item in zip(node.keys, node.values, strict=True) if key is not None]
