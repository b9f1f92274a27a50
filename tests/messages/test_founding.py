"""The founding bugs: their logs give the explanation and the fix that their maintainers gave."""

from __future__ import annotations

from pathlib import Path

import pytest

from shapedoc.core.report import Finding, Safety
from shapedoc.messages import explain

LOGS = Path(__file__).parent / "data/founding"

# The code, words of the message, words of a fix in words, and the edit where the source can be read.
CASES = {
    "natten_heads": (
        "SD106",
        "value has 2 heads",
        "g=self.num_heads",
        ("self.num_heads // 2", "self.num_heads"),
    ),
    "linear_attention": (
        "SD101",
        "64 features, the weight takes 256",
        "'... h d -> ... (h d)'",
        ("o", "o.flatten(-2)"),
    ),
    "optional_gate": ("SD401", "None in forward", "if g is not None else None", None),
    "attention_scale": ("SD302", "0.1497", "head_dim ** -0.5", ("num_heads", "head_dim")),
    "local_attention": ("SD102", "8 is the number of heads", "MultiHeadDispatch", None),
    "video_reshape": (
        "SD201",
        "values cross over",
        "permute(0, 2, 1, 3, 4)",
        ("q", "q.permute(0, 2, 1, 3, 4)"),
    ),
}


def finding(name: str, source: Path | None) -> Finding:
    [found] = explain(LOGS / f"{name}.log", source).findings
    return found


@pytest.mark.parametrize("name", CASES)
def test_log_alone_gives_cause_and_fix(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, message, fix, _ = CASES[name]
    found = finding(name, None)
    assert found.code == code and message in found.message
    assert any(fix in each.title for each in found.fixes)
    assert found.span is not None and "site-packages" not in found.span.path
    assert all(each.safety is Safety.MANUAL and not each.edits for each in found.fixes)
    assert any("shapedoc trace" in note for note in found.notes)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[3]])
def test_source_gives_the_edit(name: str) -> None:
    edit = CASES[name][3]
    assert edit is not None
    old, new = edit
    found = finding(name, LOGS)
    [first, *_] = found.fixes
    span = first.edits[0].span
    line = (LOGS / f"{name}.py").read_text().splitlines()[span.line - 1]
    assert line[span.column - 1 : span.end_column - 1] == old
    assert first.edits[0].replacement == new
    assert any(label.span.line == span.line for label in found.labels)
    assert found.span is not None and found.span.column > 0


def test_what_natten_prints_twice_is_explained() -> None:
    found = finding("natten_heads", None)
    assert any("prints one operand twice" in note for note in found.notes)
