"""The command line. A command is a module here, and its file name is its name: nothing lists them.

Every command returns its exit status: 0 nothing found, 1 findings, 2 the work could not be done. What the
user can put right is one line on standard error; a traceback comes with --debug.
"""

from __future__ import annotations

import os
import sys

from shapedoc.client.early import early_worker
from shapedoc.core.errors import UserError
from shapedoc.core.text import one_line

FAILED = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it


def main(arguments: list[str] | None = None) -> int:
    """Run a command line and give its exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    for stream in (sys.stdout, sys.stderr):  # a name of a model's may hold what the terminal cannot show
        getattr(stream, "reconfigure", lambda errors: None)(errors="replace")
    try:
        with early_worker(arguments):
            from shapedoc.cli._app import run  # typer takes a tenth of a second: the worker starts first

            return run(arguments)
    except UserError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return FAILED
    except Exception as error:
        if "--debug" in arguments:
            raise
        return _fail(f"internal error, --debug shows more: {type(error).__name__}: {error}")


def _fail(message: str) -> int:
    print(f"shapedoc: {one_line(message)}", file=sys.stderr)
    return FAILED
