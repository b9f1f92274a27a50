"""Tracebacks and messages as launchers, notebooks, editors, loggers and people write them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from shapedoc.messages import explain_text

CASES = yaml.safe_load((Path(__file__).parent / "data/notations.yaml").read_text("utf-8"))


@pytest.mark.parametrize("name", CASES)
def test_frame_and_cause(name: str) -> None:
    case = CASES[name]
    causes = explain_text(case["log"]).causes
    assert [cause.code for cause in causes] == case["codes"]
    frames = [
        f"{Path(cause.frame.path.replace(chr(92), '/')).name}:{cause.frame.line}"
        for cause in causes
        if cause.frame
    ]
    assert frames == case.get("frames", [])
    assert [list(cause.ranks) for cause in causes if cause.ranks] == case.get("ranks", [])
    if "code" in case:
        assert causes[0].frame is not None and causes[0].frame.code == case["code"]
    if "count" in case:
        assert causes[0].count == case["count"]
