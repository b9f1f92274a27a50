"""A worker begun on a guess, while the command line is still being read.

Importing torch is what everyone waits for, and it need not wait for typer: the interpreter of the
current folder is nearly always the one that the arguments will name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shapedoc.core.errors import UserError

if TYPE_CHECKING:  # every command passes here, and few of them start a process
    import subprocess
    from pathlib import Path

COMMANDS = ("trace",)
HELP = {"-h", "--help"}

_begun: dict[str, subprocess.Popen[bytes]] = {}


@contextlib.contextmanager
def early_worker(arguments: Sequence[str]) -> Iterator[None]:
    """Begin a server if a command will want one; end it if none did."""
    if arguments[:1] and arguments[0] in COMMANDS and not HELP.intersection(arguments):
        _begin()
    try:
        yield
    finally:
        while _begun:
            _, server = _begun.popitem()
            server.kill()
            server.communicate()


def server_under(python: str, folder: Path | None = None) -> subprocess.Popen[bytes]:
    """The server that was begun under an interpreter, or a new one that stands in `folder`."""
    from shapedoc.client.boot import start_server

    begun = None if folder else _begun.pop(python, None)
    return begun or start_server(python, folder)


def _begin() -> None:
    from shapedoc.client.boot import start_server
    from shapedoc.client.interpreter import choose_interpreter

    python = choose_interpreter("")
    with contextlib.suppress(UserError):  # said when it is wanted in earnest
        _begun[python] = start_server(python)
