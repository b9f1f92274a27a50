"""`shapedoc trace`: run one model on shapes and say where they first disagree."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from shapedoc.cli._output import FormatName, OutputPath, page_for, write
from shapedoc.cli._waiting import progress_line
from shapedoc.client.beforehand import refuse
from shapedoc.client.interpreter import choose_interpreter
from shapedoc.client.process import Worker
from shapedoc.config.files import nearest_config
from shapedoc.config.settings import load_config
from shapedoc.core.errors import UserError
from shapedoc.core.report import Reason, Report, Size
from shapedoc.core.request import Engine, Request
from shapedoc.core.targets import parse_target
from shapedoc.formats import load_format

_DEFAULT = Request("")


def _size(text: str) -> Size:
    match = re.fullmatch(r"\s*(\w+)\s*=\s*(\d+)\s*", text)
    if match is None:
        raise UserError(f"--at {text}: write AXIS=SIZE, such as b=3")
    return Size(int(match[2]), match[1])


def _codes(texts: list[str]) -> tuple[str, ...]:
    codes = tuple(code for text in texts for code in re.split(r"[,\s]+", text.strip()))
    for code in codes:
        if not re.fullmatch(r"SD\d{0,3}", code):
            raise UserError(f"{code!r} is no rule, such as SD201, and no beginning of one, such as SD2")
    return codes


def _degrees(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")] if text else []
    if not all(part.isdecimal() and int(part) > 0 for part in parts):
        raise UserError(f"--tp {text}: write numbers of ranks, such as 8 or 1,2,4,8")
    return tuple(sorted({int(part) for part in parts}))


def _positive(seconds: float) -> float:
    if not 0 < seconds < float("inf"):
        raise typer.BadParameter(f"{seconds:g} is no time to wait")
    return seconds


def command(
    target: Annotated[
        str, Argument(metavar="TARGET", help="path.py:Name, path.py:Name(dim=64) or package.module:Name.")
    ],
    inputs: Annotated[
        list[str],
        Option(
            "-i",
            "--input",
            metavar="NAME=SPEC",
            help='Such as 2,3,224,224 or "b=2 c=3 h=8 w=8". Once for each input: -i x=2,3 -i mask=2,8:bool.',
        ),
    ] = [],
    at: Annotated[
        list[str],
        Option("--at", metavar="AXIS=SIZE", help="Run at this size of an axis too."),
    ] = [],
    engine: Annotated[
        Engine, Option(help="Shapes alone, real numbers, or numbers where needed.")
    ] = _DEFAULT.engine,
    probe: Annotated[bool, Option("--probe/--no-probe", help="Run at other sizes too.")] = _DEFAULT.probe,
    fixes: Annotated[
        bool, Option("--fixes/--no-fixes", help="Try fixes on the model, and show those that hold.")
    ] = _DEFAULT.fixes,
    train: Annotated[bool, Option("--train", help="Run in training mode.")] = False,
    backward: Annotated[
        bool, Option("--backward", help="Try the backward of every custom autograd.Function too.")
    ] = False,
    weights: Annotated[
        str, Option("--weights", metavar="FILE", help="A checkpoint that the model should be able to load.")
    ] = "",
    tp: Annotated[
        str, Option("--tp", metavar="N[,N…]", help="Tensor-parallel degrees to divide the model among.")
    ] = "",
    toggle: Annotated[
        list[str],
        Option("--toggle", metavar="FLAG|auto", help="A flag whose two ways should give the same numbers."),
    ] = [],
    format: FormatName = "tree",
    output: OutputPath = None,
    depth: Annotated[int | None, Option(min=0, metavar="N", help="Levels of clean modules to show.")] = None,
    select: Annotated[list[str], Option(metavar="CODES", help="Only these rules.")] = [],
    ignore: Annotated[list[str], Option(metavar="CODES", help="Not these rules.")] = [],
    dtype: Annotated[str, Option(metavar="D", help="Of parameters and floating inputs.")] = "",
    kernel: Annotated[
        list[str], Option(metavar="LIBRARY=VERSION", help="Stand in for this version, such as natten=0.17.")
    ] = [],
    timeout: Annotated[
        float, Option(metavar="S", callback=_positive, help="Seconds before giving up.")
    ] = _DEFAULT.timeout,
    python: Annotated[
        str, Option(metavar="EXE", help="The interpreter or environment to run the model in.")
    ] = "",
    debug: Annotated[bool, Option("--debug", help="Show tracebacks.")] = False,
) -> int:
    """Run a model on shapes and find the fault."""
    request = Request(
        target=target,
        inputs=tuple(inputs),
        at=tuple(map(_size, at)),
        engine=engine,
        probe=probe,
        fixes=fixes,
        train=train,
        backward=backward,
        toggles=tuple(toggle),
        weights=weights and os.path.abspath(weights),
        ranks=_degrees(tp),
        dtype=dtype,
        timeout=timeout,
        kernels=tuple(kernel),
        select=_codes(select),
        ignore=_codes(ignore),
        debug=debug,
    )
    refuse(request)
    with Worker(choose_interpreter(target, python or _configured(target))) as worker:
        writer = load_format(format)  # rich is imported while the worker imports torch
        with progress_line() as watch:
            report = worker.run(request, watch)
        _complain(report, debug)
        write(writer.render(report, page_for(output, depth)), output)
    return report.exit_status


def _configured(target: str) -> str:
    """The interpreter that the nearest configuration names, if any does."""
    file = parse_target(target).path
    path = nearest_config(Path(file).resolve().parent if file else Path.cwd())
    return load_config(path).python if path else ""


def _complain(report: Report, debug: bool) -> None:
    """Tell on standard error what is no result: that there was nothing to run, and tracebacks if wanted."""
    stop = report.stopped
    if stop and debug and stop.debug:
        print(stop.debug, file=sys.stderr)
    if stop and stop.reason is Reason.TARGET:
        raise UserError(stop.message)
