"""Stand-ins for kernels that cannot run here: set up before the user's code is imported.

>>> with standing_in(Settings()):
...     from flash_attn import flash_attn_func
>>> import torch
>>> flash_attn_func(*[torch.ones(2, 16, 4, 32)] * 3).shape
torch.Size([2, 16, 4, 32])

Nothing is read until a library is imported: a library is a file name in `shapedoc/kernels` until then.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from shapedoc.core.report import Standin
from shapedoc.kernels.contracts import Contract, libraries
from shapedoc.kernels.facts import Facts
from shapedoc.trace.recorder import Trace
from shapedoc.trace.standins.finder import Libraries, Names
from shapedoc.trace.standins.functions import Kernel
from shapedoc.trace.standins.known import TRITON, Known
from shapedoc.trace.standins.library import Library
from shapedoc.trace.standins.settings import Settings


def install(settings: Settings) -> Known:
    """Set up the import finders; what they come to know is in the value returned."""
    own: dict[str, tuple[Contract, ...]] = {}
    for contract in settings.contracts:
        own[contract.library] = (*own.get(contract.library, ()), contract)
    names = frozenset((*libraries(), *own, TRITON)) - {"torch"}
    known = Known(names, own, settings.versions)
    _put_operators(own.get("torch", ()))
    sys.meta_path[:] = [Libraries(known), *sys.meta_path, Names(known)]
    return known


def _put_operators(contracts: tuple[Contract, ...]) -> None:
    """Serve `torch.ops.my_ops.window_attn`, which no import brings, whether or not it is registered."""
    library = Library(Facts("torch"), contracts)
    for contract in contracts:
        *_, namespace, name = contract.op.split(".")
        if contract.op.startswith("torch.ops."):
            setattr(getattr(torch.ops, namespace), name, Kernel(library, contract.op))


@contextmanager
def standing_in(settings: Settings) -> Iterator[Known]:
    """Stand-ins for the length of a block; modules imported meanwhile are imported anew after it."""
    finders, modules = sys.meta_path[:], set(sys.modules)
    known = install(settings)
    try:
        yield known
    finally:
        sys.meta_path[:] = finders
        for name in set(sys.modules) - modules:
            if name.partition(".")[0] in known.names:
                del sys.modules[name]


def standins_in(trace: Trace) -> tuple[Standin, ...]:
    """The kernels that a run called, each once, with the version of its contract."""
    found: dict[str, Standin] = {}
    for op in trace.ops:
        kernel: Any = op.func
        library = getattr(kernel, "library", None)
        if library is not None:
            version = library.version_of(kernel.name)
            found.setdefault(op.name, Standin(op.name, f"{library.name} {version}".strip()))
    return tuple(found.values())


def notes_of(known: Known) -> tuple[str, ...]:
    """What a reader should know of the imports: what was missing, and what went on without it."""
    missed = [
        f"{miss.module} is not installed: {miss.path}:{miss.line} goes on without it" for miss in known.misses
    ]
    empty = [f"{name} is not installed, and only its name is known" for name in dict.fromkeys(known.unknown)]
    older = [
        f"{library.name} {library.version} has no {name}: that of {library.version_of(name)} stands in"
        for name, library in known.borrowed.items()
    ]
    broken = [
        f"{name} is installed and cannot be imported here ({why}): stand-ins take all of its place"
        for name, why in known.broken.items()
    ]
    return (*dict.fromkeys(missed), *empty, *older, *broken)
