"""What is wrong with a request and shows without torch: said before anybody waits for a worker.

>>> refuse(Request("no_such_folder/net.py:Net"))
Traceback (most recent call last):
    ...
shapedoc.core.targets.TargetError: no folder no_such_folder, so no file no_such_folder/net.py

What is only likely to be wrong is left to the worker, which imports the file.
"""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterator
from pathlib import Path

from shapedoc.core.errors import UserError
from shapedoc.core.request import Request
from shapedoc.core.source import read_source
from shapedoc.core.specs import FILE, parse_input
from shapedoc.core.targets import TargetError, TargetSpec, existing, parse_target

DYNAMIC = {"exec", "globals", "locals", "vars", "modules", "__getattr__"}  # may bind any name
SHOWN = 8  # classes of a file


def refuse(request: Request) -> None:
    """Raise a UserError for a file that is not there, a name that its file does not bind, or a wrong spec."""
    spec = parse_target(request.target)
    if spec.path:
        _look_for_name(existing(Path(spec.path)), spec)
    for text in request.inputs:
        if not text.startswith(FILE):
            parse_input(text)
    files = [text.removeprefix(FILE) for text in request.inputs if text.startswith(FILE)]
    for file in filter(None, [*files, request.weights]):
        if not Path(file).is_file():
            raise UserError(f"no file {file}")


def _look_for_name(path: Path, spec: TargetSpec) -> None:
    nodes = list(ast.walk(read_source(str(path)).tree))
    name = spec.call.name.partition(".")[0] if spec.call else ""
    names = {bound for node in nodes for bound in _bound(node)}
    if not name or name in names or _binds_more(path, nodes):
        return
    near = difflib.get_close_matches(name, names, n=1)
    classes = [node.name for node in nodes if isinstance(node, ast.ClassDef) and node.name not in near]
    hints = [f"did you mean {near[0]}?"] if near else []
    rest = ", …" if len(classes) > SHOWN else ""
    hints += [f"its classes: {', '.join(classes[:SHOWN])}{rest}"] if classes else []
    raise TargetError("; ".join([f"{spec.place} has no {name!r}", *hints]))


def _bound(node: ast.AST) -> Iterator[str]:
    """Names that a node binds, in whatever scope."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()):
            yield name
        case ast.alias(name=name, asname=other):
            yield other or name.partition(".")[0]


def _binds_more(path: Path, nodes: list[ast.AST]) -> bool:
    """Whether a module may hold names that its text does not bind."""
    names = {getattr(node, field, None) for node in nodes for field in ("id", "attr", "name")}
    return len(nodes) == 1 or path.name == "__init__.py" or "*" in names or not DYNAMIC.isdisjoint(names)
