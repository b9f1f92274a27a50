"""Other tools beside shapedoc, one module of `tools` each, on the same models and the same bugs.

>>> sorted(peer.name for peer in found())[:2]
['draft_export', 'eager']

A module of `tools` defines `PEER`; nothing lists it.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import io
import logging
import pkgutil
import sys
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from ..baseline import quiet_and_reproducible
from ..models import Inputs


@dataclass(frozen=True)
class Mended:
    """A file as a tool would have it, and whether the tool has run the model with it."""

    source: str
    proven: bool


@dataclass(frozen=True)
class Said:
    """What a tool holds against a file; no words where it holds nothing against it."""

    words: str = ""
    mended: tuple[Mended, ...] = ()


@dataclass(frozen=True)
class Peer:
    """`run` looks at a model and gives what it holds against it, or raises; it is what is timed.

    `builds` is for a tool that looks at what makes a model, and `says` for one that reads files. `packages` are
    what has to be imported for it.
    """

    name: str
    run: Callable[[nn.Module, Inputs], str]
    packages: tuple[str, ...] = ("torch",)
    builds: Callable[[Callable[[], nn.Module], Inputs], str] | None = None
    says: Callable[[Path], Said] | None = None

    @property
    def absent(self) -> str:
        """The first package that is not installed."""
        return next((name for name in self.packages if importlib.util.find_spec(name) is None), "")

    def on(self, path: Path) -> Said:
        """What the tool says of a file with one model and its `example_inputs`."""
        return self.says(path) if self.says else _raised(self.run, path)


def found() -> list[Peer]:
    """Every peer, installed or not."""
    tools = importlib.import_module(f"{__name__}.tools")
    names = [info.name for info in pkgutil.iter_modules(tools.__path__)]
    return [importlib.import_module(f"{tools.__name__}.{name}").PEER for name in names]


def opened(path: Path) -> tuple[nn.Module, Inputs]:
    """The model of a file, which is its last class, as its author would build it, and inputs for it."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    inputs = module.example_inputs()
    model = getattr(module, top(path.read_text()))().eval()
    return model, ((inputs,) if isinstance(inputs, Tensor) else tuple(inputs), {})


def top(source: str) -> str:
    """The last class of a file: what comes before are its parts.

    >>> top("class Block(nn.Module): ...\\nclass Net(nn.Module): ...")
    'Net'
    """
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)][-1]


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """In a fork: nothing that a tool prints or logs is seen, and no gradient is kept."""
    quiet_and_reproducible()
    logging.disable()
    nowhere = io.StringIO()
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere), torch.no_grad():
        yield


def _raised(run: Callable[[nn.Module, Inputs], str], path: Path) -> Said:
    """The traceback is what a user sees."""
    try:
        return Said(run(*opened(path)))
    except Exception:
        return Said(traceback.format_exc())
