"""Reports as text. A format is a module here, and its file name is its name: nothing lists them.

>>> "concise" in format_names()
True
>>> from shapedoc.core.report import Report, Target
>>> load_format("concise").render(Report(Target("net.py:Net")), Page())
''
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TextIO, cast

from shapedoc.core.report import Report, Safety, Span
from shapedoc.core.text import one_line


@dataclass(frozen=True, slots=True)
class Page:
    """What a format writes on: `depth` is for one that draws the module tree, `trusted` for fixes.

    On a terminal no control character may pass, where a program wants every byte as it is.
    """

    width: int = 80
    colour: bool = False
    depth: int | None = None
    folder: str = ""  # paths below it are shown relative to it
    trusted: frozenset[Safety] = frozenset({Safety.SAFE})  # what a diff is made of
    terminal: bool = False

    @classmethod
    def of(cls, stream: TextIO, depth: int | None = None) -> Page:
        """The page that a stream offers. https://no-color.org: NO_COLOR, when not empty, means no colour."""
        colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        width = shutil.get_terminal_size((80, 24)).columns
        return cls(width, colour, depth, os.getcwd(), terminal=stream.isatty())

    def path(self, path: str) -> str:
        """A path as a reader in `folder` would write it."""
        inside = self.folder and path.startswith(os.path.join(self.folder, ""))
        return one_line(os.path.relpath(path, self.folder) if inside else path)

    def place(self, span: Span) -> str:
        """`path:line`, which editors and terminals make a link of."""
        return f"{self.path(span.path)}:{span.line}"


class Format(Protocol):
    """What every module here offers; one may have `render_all` too, for several reports in one text."""

    def render(self, report: Report, page: Page) -> str:
        """The whole report as text, with a line end after every line."""


def format_names() -> list[str]:
    """The formats there are; modules with a leading underscore serve several of them."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def load_format(name: str) -> Format:
    """The format of that name, imported only now: `tree` needs rich, the others do not."""
    return cast(Format, importlib.import_module(f"{__name__}.{name}"))


def renderer_of_all(name: str) -> Callable[[Iterable[Report], Page], str] | None:
    """What writes several reports as one text; None for a format that puts one after the other."""
    return getattr(load_format(name), "render_all", None)
