"""The typer application: all commands, and what stands before them."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable
from typing import Annotated, Any

import typer

import shapedoc
import shapedoc.cli
from shapedoc.core.errors import UserError


def run(arguments: list[str]) -> int:
    """Run a command; a wrong command line is a UserError too."""
    plain = _plain(arguments)
    if plain is not None:
        return int(_command(arguments[0].replace("-", "_"))(*plain))
    try:
        app = _app(_commands(arguments))
        return int(app(arguments or ["--help"], prog_name="shapedoc", standalone_mode=False) or 0)
    except typer.TyperException as error:
        raise UserError(error.format_message()) from error
    except typer.Abort:
        raise KeyboardInterrupt from None


def _plain(arguments: list[str]) -> tuple[Any, ...] | None:
    """What a command is called with where nothing is left for typer to read.

    Reading any option imports pydantic, which takes longer than a log or an unchanged project does.
    """
    words = arguments[1:]
    if any(re.match("-.|$", word) for word in words):
        return None
    match arguments:
        case ["explain", log]:
            return (log,)
        case ["fix-suggest", *_]:
            return (words,)
    return None


def _command(name: str) -> Callable[..., int]:
    command: Callable[..., int] = importlib.import_module(f"shapedoc.cli.{name}").command
    return command


def _commands(arguments: list[str]) -> list[str]:
    """The command that is asked for, the others need not be imported; all of them where none is named."""
    modules = (module.name for module in pkgutil.iter_modules(shapedoc.cli.__path__))
    names = {name.replace("_", "-"): name for name in modules if not name.startswith("_")}
    asked = names.get(next(iter(arguments), ""))
    return [asked] if asked else list(names.values())


def _app(names: list[str]) -> typer.Typer:
    """Help is plain text, because rich takes as long to import as typer."""
    app = typer.Typer(
        help="A tensor-shape debugger for PyTorch.",
        callback=_options,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for name in names:
        app.command(name.replace("_", "-"))(_command(name))
    return app


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"shapedoc {shapedoc.__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    """Options that stand before the command; `main` itself looks for --debug, wherever it stands."""
