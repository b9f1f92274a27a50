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
from dataclasses import dataclass
from typing import Protocol, TextIO, cast

from shapedoc.core.report import Report, Span
from shapedoc.core.text import one_line


@dataclass(frozen=True, slots=True)
class Page:
    """What a format writes on. `depth` is for formats that draw the module tree."""

    width: int = 80
    colour: bool = False
    depth: int | None = None
    folder: str = ""  # paths below it are shown relative to it

    @classmethod
    def of(cls, stream: TextIO, depth: int | None = None) -> Page:
        """The page that a stream offers. https://no-color.org: NO_COLOR, when not empty, means no colour."""
        colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        return cls(shutil.get_terminal_size((80, 24)).columns, colour, depth, os.getcwd())

    def path(self, path: str) -> str:
        """A path as a reader in `folder` would write it."""
        inside = self.folder and path.startswith(os.path.join(self.folder, ""))
        return one_line(os.path.relpath(path, self.folder) if inside else path)

    def place(self, span: Span) -> str:
        """`path:line`, which editors and terminals make a link of."""
        return f"{self.path(span.path)}:{span.line}"


class Format(Protocol):
    """What every module here offers."""

    def render(self, report: Report, page: Page) -> str:
        """The whole report as text, with a line end after every line."""


def format_names() -> list[str]:
    """The formats there are; modules with a leading underscore serve several of them."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))


def load_format(name: str) -> Format:
    """The format of that name, imported only now: `tree` needs rich, the others do not."""
    return cast(Format, importlib.import_module(f"{__name__}.{name}"))
