"""Machines with and without a library: what is installed can be hidden, and put there."""

from __future__ import annotations

import importlib.machinery
import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shapedoc.kernels.contracts import libraries

NAMES = {*libraries(), "triton", "my_ops"} - {"torch"}


@pytest.fixture(autouse=True)
def _imported_anew() -> Iterator[None]:
    """Libraries that other tests have imported are imported again, and given back after."""
    before = {name: module for name, module in sys.modules.items() if name.partition(".")[0] in NAMES}
    for name in before:
        del sys.modules[name]
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] in NAMES]:
        del sys.modules[name]
    sys.modules.update(before)


@pytest.fixture
def hide(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Make a library look as if it were not installed."""
    find, distributions = importlib.machinery.PathFinder.find_spec, importlib.metadata.distributions
    hidden: set[str] = set()

    def find_spec(fullname: str, path: Any = None, target: Any = None) -> Any:
        return None if fullname.partition(".")[0] in hidden else find(fullname, path, target)

    def really_installed(name: str) -> Any:
        return [] if name in hidden else distributions(name=name)

    monkeypatch.setattr(importlib.machinery.PathFinder, "find_spec", find_spec)
    monkeypatch.setattr("shapedoc.trace.standins.known.distributions", really_installed)
    return hidden.add


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Put a package of these files where Python finds it."""
    site = tmp_path / "site-packages"
    monkeypatch.syspath_prepend(str(site))

    def install(name: str, version: str = "", **files: str) -> None:
        for file, text in ({"__init__": ""} | files).items():
            path = site / name / f"{file.replace('__', '/') if file != '__init__' else file}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        if version:
            metadata = site / f"{name}-{version}.dist-info" / "METADATA"
            metadata.parent.mkdir()
            metadata.write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")

    return install
