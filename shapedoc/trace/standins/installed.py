"""Kernels replaced in a library that is installed; its Python layers stay as they are."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import torch

from shapedoc.trace.standins.functions import Kernel
from shapedoc.trace.standins.library import Library


class Replacing(Loader):
    """Loads a module with its own loader, and puts stand-ins in the place of its kernels."""

    def __init__(self, loader: Loader, library: Library) -> None:
        self.loader = loader
        self.library = library

    def __getattr__(self, name: str) -> Any:
        return getattr(self.loader, name)  # get_source and its like

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        try:
            self.loader.exec_module(module)
        except Exception:
            remedy = REMEDIES.get(module.__name__)
            if remedy is None:
                raise
            forget_submodules(module.__name__)
            remedy()
            self.loader.exec_module(module)
        replace_kernels(module, self.library)


def replace_kernels(module: ModuleType, library: Library) -> None:
    """Put stand-ins in the place of the functions of a module that have contracts."""
    for name in library.operations(module.__name__):
        original = getattr(module, name, None)
        if callable(original) and not isinstance(original, (Kernel, type)):
            setattr(module, name, Kernel(library, f"{module.__name__}.{name}", original))


def forget_submodules(package: str) -> None:
    """Have the modules below a package imported anew."""
    for name in [name for name in sys.modules if name.startswith(f"{package}.")]:
        del sys.modules[name]


def declare_torchvision_operators() -> None:
    """Make torchvision's Python importable where its compiled library does not fit this torch.

    It attaches shape functions to these two operators without asking whether they are there.
    """
    for name in ("nms", "qnms"):
        torch.library.define(
            f"torchvision::{name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        )


REMEDIES: Mapping[str, Callable[[], None]] = {"torchvision": declare_torchvision_operators}
