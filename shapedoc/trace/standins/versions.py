"""Which release of a missing library is served: the newest that has all names the code imports.

>>> import tempfile, pathlib
>>> path = pathlib.Path(tempfile.mkdtemp()) / "net.py"
>>> _ = path.write_text('''
... from natten.functional import na2d_av
... from natten import NeighborhoodAttention2D as NA
... layer = NA(dim=64, num_heads=4, kernel_size=7)
... ''')
>>> [(want.name, sorted(want.keywords)) for want in wants(str(path), "natten")]
[('natten.functional.na2d_av', []), ('natten.NeighborhoodAttention2D', ['dim', 'kernel_size', 'num_heads'])]
>>> having(("0.15.1", "0.17.5", "0.20.1"), [Want("na2d_av")], lambda release, want: release < "0.20")
['0.15.1', '0.17.5']
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from shapedoc.core.source import read_source

STAR = "*"


@dataclass(frozen=True, slots=True)
class Want:
    """A name that code uses of a library, and the keywords that it calls it with."""

    name: str
    keywords: frozenset[str] = field(default_factory=frozenset)


Has = Callable[[str, Want], bool]


def having(releases: Sequence[str], wanted: Iterable[Want], has: Has) -> list[str]:
    """The releases that have what is wanted; what none of those left has is passed over."""
    left = list(releases)
    for want in wanted:
        left = [release for release in left if has(release, want)] or left
    return left


def pinned(releases: Sequence[str], version: str) -> str:
    """The newest release of a version: 0.17.5 for 0.17.

    >>> pinned(("0.15.1", "0.17.0", "0.17.5"), "0.17"), pinned(("0.17.5",), "0.18.1")
    ('0.17.5', '0.18.1')
    """
    known = [release for release in releases if f"{release}.".startswith(f"{version}.")]
    return known[-1] if known else version


def wants(path: str, library: str) -> Iterator[Want]:
    """The names of a library that a file uses, by their full names."""
    tree = read_source(path).tree
    local = dict(_bound(tree, library))
    stars = {name.removesuffix(STAR) for name in local.values() if name.endswith(STAR)}
    keywords: dict[str, set[str]] = {name: set() for name in local.values() if "." in name}
    for node in ast.walk(tree):
        called = node.func if isinstance(node, ast.Call) else node
        for name in _full_names(called, local, stars):
            keywords.setdefault(name, set()).update(_keywords(node))
    yield from (Want(name, frozenset(used)) for name, used in keywords.items())


def _keywords(node: ast.AST) -> Iterator[str]:
    return (word.arg for word in getattr(node, "keywords", ()) if word.arg and isinstance(node, ast.Call))


def _bound(tree: ast.AST, library: str) -> Iterator[tuple[str, str]]:
    """Local names, and what of the library they stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level and _is_in(node.module or "", library):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            for alias in node.names:
                if _is_in(alias.name, library):
                    yield (alias.asname, alias.name) if alias.asname else (library, library)


def _is_in(module: str, library: str) -> bool:
    return module.partition(".")[0] == library


def _full_names(node: ast.AST, local: dict[str, str], stars: set[str]) -> Iterator[str]:
    """What of the library `NF.na2d_av` may be; a bare name may be of any module imported with a star."""
    if isinstance(node, ast.Name):
        known = local.get(node.id, "")
        yield from [known] if known else [f"{module}{node.id}" for module in stars]
    elif isinstance(node, ast.Attribute):
        yield from (f"{owner}.{node.attr}" for owner in _full_names(node.value, local, set()))
