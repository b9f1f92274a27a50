"""From a target to a report: findings at other sizes, silenced lines, what ends a run."""

from __future__ import annotations

from pathlib import Path

from shapedoc.core.ending import TimeUp
from shapedoc.core.progress import Phase, Progress
from shapedoc.core.report import Reason
from shapedoc.core.request import Request
from shapedoc.session import run
from tests.tools import HEADER, line_of, trace_source

TORN = """
class Net(nn.Module):
    def forward(self, x):
        b, c, t, h, w = x.shape
        return x.reshape(b * t, c, h * w){comment}
"""


def test_a_fault_that_sizes_hide_shows_at_others(tmp_path: Path) -> None:
    code = TORN.format(comment="")
    report = trace_source(code, '-i "b=1 c=8 t=1 h=4 w=4"', tmp_path)
    [finding] = report.findings
    assert (finding.code, finding.span and finding.span.line) == ("SD201", line_of(code, "x.reshape"))
    assert "t=" in finding.probe


def test_a_line_can_be_silenced(tmp_path: Path) -> None:
    code = TORN.format(comment="  # shapedoc: ignore[SD201]")
    report = trace_source(code, '-i "b=2 c=6 t=5 h=4 w=4"', tmp_path)
    assert (report.findings, report.notes, report.exit_status) == ((), (), 0)


def test_a_silence_that_is_not_needed_is_told(tmp_path: Path) -> None:
    code = TORN.format(comment="  # shapedoc: ignore[SD203]")
    report = trace_source(code, '-i "b=2 c=6 t=5 h=4 w=4"', tmp_path)
    assert [finding.code for finding in report.findings] == ["SD201"]
    assert any("ignore[SD203]" in note and str(line_of(code, "x.reshape")) in note for note in report.notes)


def test_an_error_that_is_no_matter_of_shapes_is_no_finding(tmp_path: Path) -> None:
    code = """
class Net(nn.Module):
    def forward(self, x):
        y = x + 1
        raise KeyError("no such thing")
"""
    report = trace_source(code, "-i 2,3", tmp_path)
    assert report.findings == () and report.exit_status == 2
    assert report.stopped is not None
    assert (report.stopped.reason, report.stopped.span and report.stopped.span.line) == (
        Reason.ERROR, line_of(code, "raise"),
    )  # fmt: skip


def test_a_value_that_shapes_do_not_give_is_had_from_numbers(tmp_path: Path) -> None:
    code = """
class Net(nn.Module):
    def forward(self, x):
        return x[: int(x.abs().sum()) % 2 + 1]
"""
    report = trace_source(code, "-i 4,3", tmp_path)
    assert (report.engine, report.exit_status) == ("real", 0)
    assert any("numbers" in note for note in report.notes)


def test_what_was_found_before_the_time_was_over_is_kept_and_the_run_not_called_clean(tmp_path: Path) -> None:
    def late(progress: Progress) -> None:
        if progress.phase is Phase.PROBE:
            raise TimeUp(5)

    for comment, codes, status in (("", ["SD201"], 1), ("  # shapedoc: ignore[SD201]", [], 2)):
        path = tmp_path / f"late{status}.py"
        path.write_text(HEADER + TORN.format(comment=comment))
        report = run(Request(f"{path}:Net", inputs=("b=2 c=6 t=5 h=4 w=4",)), late)
        assert [finding.code for finding in report.findings] == codes
        assert report.stopped is not None
        assert (report.stopped.reason, report.exit_status) == (Reason.TIMEOUT, status)
