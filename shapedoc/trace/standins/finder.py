"""The import finders: stand-ins before what is installed, names without meaning after everything else."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from typing import Any

from shapedoc.trace.standins.asking import Asker, Who, asker
from shapedoc.trace.standins.known import TRITON, Known, Miss, Release
from shapedoc.trace.standins.serving import Lending, OrStandin, StandinModule, spec_of, standin_module
from shapedoc.trace.standins.unknown import UnknownModule

# Extensions are called like this, and a few like nothing else.
_COMPILED = re.compile(
    r"_?C|.*_C|(?:.*_)?(?:cuda|hip|ext|cpp|kernels)(?:_.*)?|MultiScaleDeformableAttention|DCN\w*|swattention"
)


_EVERYTHING = DistributionFinder.Context()


class Libraries(DistributionFinder):
    """First of all finders: the modules of libraries with contracts, and Triton's."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.asking = False  # what is really installed, which the other finders answer

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """A stand-in, or the installed module with its kernels replaced; None leaves it to others."""
        root = fullname.partition(".")[0]
        if root not in self.known.names:
            return None
        asked = asker(self.known.names)
        if fullname == TRITON and asked.who is Who.TORCH:
            raise ModuleNotFoundError(f"No module named {TRITON!r}", name=TRITON)  # it compiles nothing here
        if root == TRITON and (asked.accepts_standins or TRITON in sys.modules):
            return _triton(fullname)
        if asked.who is Who.TORCH or root == TRITON:
            return None
        if not self._is_served(root):
            return self._installed(fullname, path)
        known = isinstance(sys.modules.get(root), StandinModule)
        return self._served(fullname, asked) if known or asked.accepts_standins else None

    def find_distributions(self, context: Any = _EVERYTHING) -> Iterable[Distribution]:
        """The release of a library that is stood in for, for those who ask for its version."""
        if self.asking or not context.name or not asker(self.known.names).accepts_standins:
            return []
        self.asking = True
        try:
            wanted = _normal(context.name)
            found = [name for name in self.known.names if wanted in self._distributions(name)]
            return [Release(self.known.library(name)) for name in found if self._is_served(name)]
        finally:
            self.asking = False

    def _distributions(self, name: str) -> Iterator[str]:
        """The names a library may be installed by; its file is read once it has been imported."""
        yield _normal(name)
        if name in self.known.libraries:
            yield _normal(self.known.library(name).facts.distribution)

    def _is_served(self, root: str) -> bool:
        """Whether a library is stood in for as a whole."""
        if root in sys.modules:
            return isinstance(sys.modules[root], StandinModule)
        return self.known.is_pinned_elsewhere(root) or _other_spec(self, root, None) is None

    def _installed(self, fullname: str, path: Any) -> ModuleSpec | None:
        spec = _other_spec(self, fullname, path)
        if spec is None or spec.loader is None:
            return None
        library = self.known.library(fullname.partition(".")[0])
        if fullname == library.name:
            spec.loader = OrStandin(spec.loader, library, self.known)
        elif fullname in library.modules:
            spec.loader = Lending(spec.loader, library, self.known)
        return spec

    def _served(self, fullname: str, asked: Asker) -> ModuleSpec | None:
        library = self.known.library(fullname.partition(".")[0])
        if asked.path:
            library.read(asked.path)
        if fullname in library.modules:
            return spec_of(standin_module(fullname, self.known))
        if asked.guarded or fullname == library.name:
            return None
        self.known.unknown.append(fullname)
        return spec_of(UnknownModule(fullname))


def _triton(fullname: str) -> ModuleSpec:
    from torch.utils._triton import has_triton_package

    from shapedoc.trace.standins import triton

    if fullname == TRITON:
        has_triton_package()  # torch remembers the answer, which is no
    return spec_of(triton.module(fullname))


def _normal(name: str) -> str:
    """A name as the package index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _other_spec(finder: MetaPathFinder, fullname: str, path: Any) -> ModuleSpec | None:
    for other in sys.meta_path:
        if other is not finder and not isinstance(other, Names) and hasattr(other, "find_spec"):
            spec = other.find_spec(fullname, path)
            if spec is not None:
                return spec
    return None


class Names(MetaPathFinder):
    """Last of all finders: compiled extensions that are missing, as names without meaning."""

    def __init__(self, known: Known) -> None:
        self.known = known

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """An empty module where a compiled one is missed; else it is written down who goes without."""
        asked = asker(self.known.names)
        if asked.who is Who.TORCH:
            return None
        compiled = _COMPILED.fullmatch(fullname.rpartition(".")[2])
        if compiled and not asked.guarded:
            self.known.unknown.append(fullname)
            return spec_of(UnknownModule(fullname))
        if asked.who is Who.USER and asked.guarded and "." not in fullname:
            self.known.misses.append(Miss(fullname, asked.path, asked.line))
        return None
