"""The models of a repository, found in its source: classes of modules that no other code of their file uses.

A class that another one is built from is a part. What the constructor asks for is guessed from the names of
its parameters; where one tells nothing, the model is `missing` it.
"""

from __future__ import annotations

import ast
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from shapedoc.config.settings import Config
from shapedoc.core.calls import bare_name, last_name
from shapedoc.core.examples import UNKNOWN, example_of, required_by
from shapedoc.core.request import Request
from shapedoc.suggest.sources import python_files

BASES = {"Module", "Sequential", "LightningModule", "PreTrainedModel", "ModelMixin"}
Name: TypeAlias = tuple[str, str]  # of the file, without its end, and of the class


@dataclass(frozen=True)
class Model:
    """A class by its file and name, guessed arguments, and names of those that could not be."""

    path: str
    name: str
    arguments: tuple[tuple[str, Any], ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def target(self) -> str:
        written = ", ".join(f"{name}={value!r}" for name, value in self.arguments)
        return f"{self.path}:{self.name}" + (f"({written})" if written else "")


@dataclass(frozen=True)
class Survey:
    """What a folder holds: models, classes that other ones are built from, and what else may hold a model,
    with why nobody can tell."""

    models: tuple[Model, ...] = ()
    parts: tuple[str, ...] = ()
    unclear: tuple[str, ...] = ()


def discovered(config: Config) -> Iterator[Request]:
    """A request for every model that lacks nothing."""
    common = Request("", config=str(config.path or ""))
    return (replace(common, target=m.target) for m in find_models(config.folder) if not m.missing)


def find_models(folder: Path) -> tuple[Model, ...]:
    """The models below a folder, by file and line."""
    return survey(folder).models


def survey(folder: Path) -> Survey:
    """Everything below a folder that a reader may take for a model, by file and line."""
    read = {path: _read(folder / path) for path in python_files(folder)}
    trees = {path: tree for path, tree in read.items() if isinstance(tree, ast.Module)}
    modules = _modules([node for tree in trees.values() for node in _classes(tree)])
    built = _built(trees.values())
    parts = built - _exported(trees)
    found = [(path, node) for path, tree in trees.items() for node in _classes(tree) if node.name in modules]
    tops = [
        (path, node)
        for path, node in found
        if not node.name.startswith("_")
        and (Path(path).stem, node.name) not in parts
        and not _is_part(node, trees[path], {name for file, name in built if file == Path(path).stem})
    ]
    return Survey(
        tuple(_model(path, node) for path, node in tops),
        tuple(f"{path}:{node.name}" for path, node in found if (path, node) not in tops),
        tuple(line for path, tree in read.items() for line in _unclear(path, tree, modules)),
    )


def _unclear(path: str, tree: ast.Module | str, modules: Collection[str]) -> Iterator[str]:
    """A file that is no Python, and classes with a `forward` whose bases are from elsewhere."""
    if isinstance(tree, str):
        yield f"{path} {tree}"
        return
    for node in _classes(tree):
        bases = ", ".join(map(ast.unparse, node.bases))
        if bases and node.name not in modules and "forward" in _methods(node):
            yield f"{path}:{node.name} may be a module: its base {bases} is not known here"


def _methods(owner: ast.ClassDef) -> set[str]:
    """Names of methods that take an instance."""
    functions = [node for node in owner.body if isinstance(node, ast.FunctionDef)]
    return {node.name for node in functions if "staticmethod" not in map(ast.unparse, node.decorator_list)}


def _classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in tree.body if isinstance(node, ast.ClassDef)]


def _read(path: Path) -> ast.Module | str:
    """The syntax of a file, or why there is none."""
    try:
        return ast.parse(path.read_bytes())
    except SyntaxError as error:
        return f"cannot be read, line {error.lineno}: {error.msg}"
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"


def _modules(classes: Iterable[ast.ClassDef]) -> set[str]:
    """Names of classes that are modules, by way of other classes of the project too."""
    bases = {node.name: {last_name(base) for base in node.bases} for node in classes}
    known: set[str] = set()
    while new := {name for name, of in bases.items() if of & (BASES | known)} - known:
        known |= new
    return known


def _is_part(owner: ast.ClassDef, tree: ast.Module, called: set[str]) -> bool:
    """Whether another class is built from one of a file, by way of functions and tables too.

    `called` is what classes of other files call of this one.
    """
    defined = [node for node in tree.body if node is not owner and not _guards_main(node)]
    others = [node for node in defined if not isinstance(node, ast.ClassDef)]
    mentioned = {name for node in defined if node not in others for name in _names(node)}
    mentioned |= called & {name for node in others for name in _bound(node)}
    while new := {name for node in others if _bound(node) & mentioned for name in _names(node)} - mentioned:
        mentioned |= new
    return owner.name in mentioned


def _names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _bound(node: ast.stmt) -> set[str]:
    """What a statement of a module defines."""
    name = getattr(node, "name", None)  # of a function
    targets = {
        part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    return {name} if name else targets


def _guards_main(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _built(trees: Iterable[ast.Module]) -> set[Name]:
    """What another file imports and calls inside its classes."""
    return {name for tree in trees for name in _imported(tree, _called(tree))}


def _called(tree: ast.Module) -> set[str]:
    nodes = (node for owner in _classes(tree) for node in ast.walk(owner))
    return {bare_name(node) for node in nodes if isinstance(node, ast.Call)}


def _exported(trees: Mapping[str, ast.Module]) -> set[Name]:
    """What packages offer: a model may be part of another one all the same."""
    packages = (tree for path, tree in trees.items() if os.path.basename(path) == "__init__.py")
    return {name for tree in packages for name in _imported(tree)}


def _imported(tree: ast.Module, among: Collection[str] | None = None) -> Iterator[Name]:
    """Every `from a.b import C` of a file as `(b, C)`, or those of some names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = (node.module or "").rpartition(".")[2]
            names = (alias.name for alias in node.names)
            yield from ((module, name) for name in names if among is None or name in among)


def _model(path: str, node: ast.ClassDef) -> Model:
    guesses = {name: example_of(name, annotation) for name, annotation in required_by(node)}
    missing = tuple(name for name, text in guesses.items() if not text or UNKNOWN in text)
    arguments = tuple((name, ast.literal_eval(guesses[name])) for name in guesses if name not in missing)
    return Model(path, node.name, arguments, missing)
