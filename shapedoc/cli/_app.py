"""The typer application: all commands, and what stands before them."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Annotated

import typer

import shapedoc
import shapedoc.cli
from shapedoc.core.errors import UserError


def run(arguments: list[str]) -> int:
    """Run a command; a wrong command line is a UserError too."""
    try:
        return int(_app()(arguments or ["--help"], prog_name="shapedoc", standalone_mode=False) or 0)
    except typer.TyperException as error:
        raise UserError(error.format_message()) from error
    except typer.Abort:
        raise KeyboardInterrupt from None


def _app() -> typer.Typer:
    """Help is plain text, because rich takes as long to import as typer."""
    app = typer.Typer(
        help="A tensor-shape debugger for PyTorch.",
        callback=_options,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for module in pkgutil.iter_modules(shapedoc.cli.__path__):
        if not module.name.startswith("_"):
            command = importlib.import_module(f"shapedoc.cli.{module.name}").command
            app.command(module.name.replace("_", "-"))(command)
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
