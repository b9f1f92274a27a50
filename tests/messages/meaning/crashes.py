"""Findings in the logs of models that really crash, beside the source of these models."""

from __future__ import annotations

import itertools
import traceback
from pathlib import Path
from typing import Any

import torch

from shapedoc.core.report import Finding
from shapedoc.messages import explain

_NUMBERS = itertools.count()


def crashed(code: str, shape: tuple[int, ...], folder: Path, given: str = "") -> Finding:
    """What is found in the log of `Net(given)` on zeros of a shape, with its source at hand."""
    [finding] = explain([log_of(code, shape, folder, given)], folder).findings
    return finding


def log_of(code: str, shape: tuple[int, ...], folder: Path, given: str = "") -> bytes:
    """The traceback that `Net(given)` ends with."""
    path = folder / f"net{next(_NUMBERS)}.py"
    path.write_text(code)
    names: dict[str, Any] = {}
    exec(compile(code, str(path), "exec"), names)
    model = eval(f"Net({given})", names)
    try:
        model(torch.zeros(shape))
    except Exception:
        return traceback.format_exc().encode()
    raise AssertionError("the model runs")


def edited(finding: Finding, folder: Path) -> list[str]:
    """The lines that its fixes make."""
    lines = []
    for edit in (edit for fix in finding.fixes for edit in fix.edits):
        span = edit.span
        source = next(folder.glob(Path(span.path).name)).read_text().splitlines()
        [line] = source[span.line - 1 : span.end_line]
        lines.append((line[: span.column - 1] + edit.replacement + line[span.end_column - 1 :]).strip())
    return lines
