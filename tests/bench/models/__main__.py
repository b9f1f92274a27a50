"""`python -m tests.bench.models check [PACKAGE] [NAME…]`: build and run every entry, print a table.

`list` names the entries and those models that stay out, with the reason. The exit status of `check` is 1 when
a model that could run does not, or a fault that is known of a package is gone.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ..baseline import warm_up
from ..check import rows, table, words_of
from . import absent, entries


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.models")
    parser.add_argument("command", choices=("check", "list"))
    parser.add_argument("package", nargs="?", default="", help="a module of this package; all by default")
    parser.add_argument("names", nargs="*", help="entries of it; all by default")
    parser.add_argument("--json", type=Path, help="write the checks here, too")
    options = parser.parse_args()
    return {"check": _check, "list": _list}[options.command](options)


def _check(options: argparse.Namespace) -> int:
    found = entries(options.package, options.names)
    warm_up()
    checks = table(found)
    if options.json:
        options.json.write_text(json.dumps(rows(checks), indent=1))
    missing = {entry.name for entry in found if entry.missing}
    return int(any(not check.is_right for check in checks if check.name not in missing))


def _list(options: argparse.Namespace) -> int:
    for entry in entries(options.package, options.names):
        print(f"{entry.package}/{entry.name}  {entry.scale}  {entry.missing or words_of(entry)}".rstrip())
    for name, reason in absent(options.package).items():
        print(f"{name}  absent: {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
