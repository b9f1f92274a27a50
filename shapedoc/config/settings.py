"""A configuration as frozen data: one request for each model, and what holds for all of them.

>>> import tempfile
>>> with tempfile.TemporaryDirectory() as folder:
...     path = Path(folder, "shapedoc.yaml")
...     _ = path.write_text("models: [{target: net.py:Net, arguments: {dim: 64}, at: {b: 3}}]")
...     [model] = load_config(path).models
>>> model.target, model.at
('net.py:Net(dim=64)', (Size(size=3, name='b'),))
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shapedoc.config.files import read_config
from shapedoc.config.located import Node, fault, plain
from shapedoc.config.schema import check
from shapedoc.core.report import Size
from shapedoc.core.request import Engine, Request

SHARED = ("inputs", "kernels", "contracts")  # what the worker reads from the file itself


@dataclass(frozen=True)
class Config:
    """`shared` is the text of what every model's run depends on; `folder` is where paths start."""

    folder: Path
    path: Path | None = None
    models: tuple[Request, ...] = ()
    per_path_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    python: str = ""
    shared: str = ""
    accepted: str = "shapedoc-baseline.json"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def applied_to(self, request: Request) -> Request:
        """A request from the command line with the rules that are wanted here, unless it selects its own."""
        if request.select:
            return request
        asked = _place(request.target, Path.cwd())
        common = Request("", select=self.select, ignore=self.ignore)
        model = next((m for m in self.models if _place(m.target, self.folder) == asked), common)
        return replace(request, select=model.select, ignore=(*model.ignore, *request.ignore))

    @property
    def baseline(self) -> Path:
        """The file of findings that are accepted; it need not be there."""
        return self.folder / self.accepted


def load_config(path: Path) -> Config:
    """Read a configuration and hold it against its schema; raises ConfigError."""
    root = read_config(path)
    check(root, path)
    select, ignore = _codes(root, "select"), _codes(root, "ignore")
    common = Request("", config=str(path), select=select, ignore=ignore)
    return Config(
        folder=path.parent,
        path=path,
        models=tuple(_model(node, common, path) for node in _items(root, "models")),
        per_path_ignores=tuple((pattern, tuple(codes)) for pattern, codes in _ignores(root).items()),
        python=_interpreter(path.parent, str(_value(root, "python", ""))),
        shared=json.dumps({key: _text(root.value[key]) for key in SHARED if key in root.value}),
        accepted=_value(root, "baseline", Config.accepted),
        select=select,
        ignore=ignore,
    )


def _model(node: Node, common: Request, path: Path) -> Request:
    if isinstance(node.value, str):
        return replace(common, target=node.value)
    return replace(
        common,
        target=_target(node, path),
        document=node.value["inputs"].document if "inputs" in node.value else "",
        at=tuple(Size(size, name) for name, size in _value(node, "at", {}).items()),
        kernels=tuple(f"{library}={version}" for library, version in _value(node, "kernels", {}).items()),
        engine=Engine(_value(node, "engine", common.engine)),
        select=common.select + _codes(node, "select"),
        ignore=common.ignore + _codes(node, "ignore"),
        **{key: _value(node, key) for key in ("probe", "train", "dtype", "timeout") if key in node.value},
    )


def _target(node: Node, path: Path) -> str:
    """The target with its arguments as a call of literals."""
    target = str(_value(node, "target"))
    arguments = _value(node, "arguments", {})
    if not arguments:
        return target
    if ":" not in target or target.endswith(")"):
        raise fault(
            path, node.keys["arguments"], f"arguments are for a target such as path.py:Name, not {target}"
        )
    return f"{target}({', '.join(f'{name}={value!r}' for name, value in arguments.items())})"


def _place(target: str, folder: Path) -> str:
    """A target without its arguments, and its file as an absolute path."""
    path, colon, name = target.partition("(")[0].rpartition(":")
    return f"{(folder / path).resolve()}:{name}" if path.endswith(".py") else f"{path}{colon}{name}"


def _value(node: Node, key: str, default: Any = None) -> Any:
    return plain(node.value[key]) if key in node.value else default


def _items(node: Node, key: str) -> list[Node]:
    return list(node.value[key].value) if key in node.value else []


def _codes(node: Node, key: str) -> tuple[str, ...]:
    return tuple(_value(node, key, ()))


def _ignores(root: Node) -> Mapping[str, list[str]]:
    found: Mapping[str, list[str]] = _value(root, "per-path-ignores", {})
    return found


def _text(node: Node) -> Any:
    return node.document or plain(node)


def _interpreter(folder: Path, python: str) -> str:
    """A path is one from the file's folder; a bare name is looked up by the shell's rules."""
    inside = folder / python
    return str(inside) if python and inside.exists() else python
