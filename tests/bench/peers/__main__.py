"""Shapedoc beside other tools: `python -m tests.bench.peers [costs|whole|findings] [--peers NAME…] [--json FILE]`.

`costs` is time and memory for twelve models in a process that has imported all, `whole` the same from an empty
interpreter, `findings` what each says of the samples. Every figure of a table is measured in the run that prints it.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path

import torch
from rich.console import Console

import shapedoc.session

from ..baseline import warm_up
from . import Peer, found
from .costs import cost
from .tables import costs, findings
from .whole import whole

PARTS = {"costs": partial(costs, cost), "whole": partial(costs, whole), "findings": findings}


def main() -> None:
    options = _options()
    console = Console(highlight=False, soft_wrap=True, markup=False)
    peers = _installed(options.peers, console)
    warm_up()
    shapedoc.session.prepare()
    rows = {name: part(peers, options.names, console) for name, part in _parts(options.part).items()}
    if options.json:
        document = {name: [asdict(row) for row in part] for name, part in rows.items()}
        options.json.write_text(json.dumps({"torch": torch.__version__} | document, indent=1))


def _parts(name: str) -> dict:
    return {name: PARTS[name]} if name else PARTS


def _installed(names: list[str], console: Console) -> list[Peer]:
    """Shapedoc first, since the others are compared with it."""
    wanted = [peer for peer in found() if not names or peer.name in ("shapedoc", *names)]
    for peer in wanted:
        if peer.absent:
            console.print(f"{peer.name}: {peer.absent} is not installed")
    return sorted((peer for peer in wanted if not peer.absent), key=lambda peer: peer.name != "shapedoc")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.peers")
    parser.add_argument("part", nargs="?", default="", choices=("", *PARTS), help="all by default")
    parser.add_argument("--names", nargs="*", default=[], help="models or samples; all by default")
    parser.add_argument("--peers", nargs="*", default=[], help="tools to compare with; all by default")
    parser.add_argument("--json", type=Path, help="write the rows here, too")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
