"""Where results go: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from shapedoc.core.errors import UserError
from shapedoc.formats import Page, format_names


def _known_format(name: str) -> str:
    if name not in format_names():
        raise typer.BadParameter(f"{name!r} is none of {', '.join(format_names())}")
    return name


FormatName = Annotated[
    str,
    typer.Option(
        "--format", metavar="|".join(format_names()), callback=_known_format, help="How to write it."
    ),
]
OutputPath = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write there and not to standard output.")
]


def page_for(output: Path | None, depth: int | None) -> Page:
    """What the result is written on: a file is as wide as a terminal and has no colour."""
    return Page.of(sys.stdout, depth) if output is None else Page(depth=depth, folder=os.getcwd())


def write(text: str, output: Path | None) -> None:
    """Print a text, or put it into a file."""
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    try:
        _replace(output, text)
    except OSError as error:
        raise UserError(f"cannot write {output}: {error.strerror}") from error


def _replace(output: Path, text: str) -> None:
    """By way of a file beside it, so that a reader never meets half a result."""
    descriptor, unfinished = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(unfinished, 0o666 & ~_umask())
        os.replace(unfinished, output)
    except BaseException:
        os.unlink(unfinished)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
