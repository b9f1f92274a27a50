"""Which files of a project a model imports, read from their source; nothing is run.

Names are looked for as Python will look: from the folder above a file's packages, from the project's folder
and its `src`. What is not found there is installed, and none of ours. A name that only exists at run time
is not seen: what the last run of the model has read is asked besides.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

TARGET = re.compile(r"(?:(?P<path>.*?\.py)|(?P<module>[\w.]+))(?::.*)?", re.DOTALL)


@dataclass
class ImportGraph:
    """The imports of a project's files, each file read once."""

    folder: Path
    _imported: dict[Path, frozenset[Path]] = field(default_factory=dict)

    def behind(self, target: str) -> frozenset[Path]:
        """Every file that running a target will import, as far as source tells."""
        found: set[Path] = set()
        waiting = [path.resolve() for path in self._start(target)]
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                waiting.extend(self._imports(path))
        return frozenset(found)

    def _start(self, target: str) -> Iterable[Path]:
        match = TARGET.fullmatch(target.strip())
        if match is None:
            return ()
        if match["path"]:
            path = self.folder / match["path"]
            return (path, *_packages(path)) if path.is_file() else ()
        return _module(match["module"].split("."), self._roots(self.folder))

    def _imports(self, path: Path) -> frozenset[Path]:
        if path not in self._imported:
            roots = self._roots(_above_packages(path))
            nodes = list(ast.walk(_tree(path)))
            found = (file for name in _names(nodes) for file in _module(name, roots))
            relative = (file for package, name in _relative(nodes, path) for file in _module(name, [package]))
            self._imported[path] = frozenset(file.resolve() for file in (*found, *relative))
        return self._imported[path]

    def _roots(self, first: Path) -> list[Path]:
        return list(dict.fromkeys((first, self.folder, self.folder / "src")))


def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError):
        return ast.Module(body=[], type_ignores=[])


def _names(nodes: list[ast.AST]) -> Iterator[list[str]]:
    """Dotted names that a file imports; of `from a import b` it is `a.b`, which may be a module."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            base = (node.module or "").split(".")
            yield from ([*base, alias.name] for alias in node.names)


def _relative(nodes: list[ast.AST], path: Path) -> Iterator[tuple[Path, list[str]]]:
    """What `from .a import b` and the like name: a package's folder, and names in it."""
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and 0 < node.level <= len(path.parents):
            base = node.module.split(".") if node.module else []
            for alias in node.names:
                yield path.parents[node.level - 1], [*base, alias.name]


def _module(names: list[str], roots: list[Path]) -> Iterator[Path]:
    """The files of a dotted name, of the packages it is in too, in the first root that has any."""
    for root in roots:
        found = list(_below(root, names))
        if found:
            yield from found
            return


def _below(root: Path, names: list[str]) -> Iterator[Path]:
    folder = root
    for name in names:
        module, folder = folder / f"{name}.py", folder / name
        yield from (path for path in (folder / "__init__.py", module) if path.is_file())
        if not folder.is_dir():
            return


def _above_packages(path: Path) -> Path:
    folder = path.parent
    while (folder / "__init__.py").exists():
        folder = folder.parent
    return folder


def _packages(path: Path) -> Iterator[Path]:
    """The packages that a file is in: Python runs them before it."""
    for folder in path.parents:
        if not (folder / "__init__.py").is_file():
            return
        yield folder / "__init__.py"
