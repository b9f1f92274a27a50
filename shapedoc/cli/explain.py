"""`shapedoc explain`: what an error in a log means, or what a rule is about."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from shapedoc.cli._output import FormatName, OutputPath, page_for, write
from shapedoc.core.errors import UserError
from shapedoc.core.report import Report
from shapedoc.core.rules import find_rule
from shapedoc.formats import load_format


def command(
    subject: Annotated[
        str, Argument(metavar="LOG|-|CODE", help="A log, standard input, or a rule such as SD201.")
    ],
    source: Annotated[
        Path | None, Option("--source", metavar="DIR", help="Where the files that the log names may be read.")
    ] = None,
    format: FormatName = "tree",
    output: OutputPath = None,
) -> int:
    """Explain the shape errors of a log, or a rule."""
    if re.fullmatch(r"SD\d+", subject):
        write(_documentation(subject), output)
        return 0
    report = _explained(subject, source)
    write(load_format(format).render(report, page_for(output, None)), output)
    return report.exit_status


def _documentation(code: str) -> str:
    rule = find_rule(code)
    if rule is None:
        raise UserError(f"no rule {code}; `shapedoc rules` lists them")
    return f"{rule.documentation}\n"


def _explained(subject: str, source: Path | None) -> Report:
    from shapedoc.messages import explain  # a rule needs none of it

    if subject == "-":
        return explain(sys.stdin.buffer, source)
    if not Path(subject).is_file():
        raise UserError(f"no file {subject}")
    return explain(Path(subject), source)
