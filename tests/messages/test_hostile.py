r"""Logs made to harm: nothing in them runs, leaves its folder, moves a cursor, or costs without end."""

from __future__ import annotations

import os
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from shapedoc.core.serial import to_json
from shapedoc.messages import explain, explain_log, explain_text

FAULT = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"


def strings(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize(
    "code",
    [
        "\x1b[2J\x1b]0;title\x07x = 1\x1b[31m",
        "print('\x00\x01\x02\x7f\x9b31m')",
        "[bold red]x[/bold red] [link=file:///etc/passwd]y[/link]",
        "\u202ex = 1\u202c \u200b",
        "x = '\udcff\udcfe'",
        "x\x85y\u2028z",
    ],
)
def test_no_control_character_reaches_the_report(code: str) -> None:
    log = f'  File "net.py", line 3, in f\x1b[5m\n    {code}\n{FAULT}\n'.encode("utf-8", "surrogateescape")
    report = explain([log])
    assert [finding.code for finding in report.findings] == ["SD101"]
    shown = "".join(strings(to_json(report)))
    assert all(character == "\n" or character.isprintable() for character in shown), shown


def test_invalid_bytes_do_not_hide_a_fault() -> None:
    assert explain_log([b"\xff\xfe\xfd garbage \x80\n", FAULT.encode(), b"\n\xc3\x28"]).causes


def test_utf16_as_powershell_writes_it() -> None:
    assert explain_log([("﻿" + FAULT + "\r\n").encode("utf-16-le")]).causes


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "../secret.py",
        "sub/../../secret.py",
        "link.py",
        "linked/secret.py",
        "C:\\..\\..\\secret.py",
        "net.py\0.txt",
        "pipe.py",
        "/dev/zero",
        "." * 5000,
        "a/" * 3000 + "net.py",
    ],
)
def test_nothing_outside_the_source_folder_is_read(path: str, tmp_path: Path) -> None:
    secret = "password = 'hunter2'"
    (tmp_path / "secret.py").write_text(f"{secret}\n" * 20)
    source = tmp_path / "source"
    source.mkdir()
    (source / "link.py").symlink_to(tmp_path / "secret.py")
    (source / "linked").symlink_to(tmp_path)
    os.mkfifo(source / "pipe.py")
    log = f'  File "{path}", line 3, in f\n    {secret}\n{FAULT}\n'
    for folder in (source, None):
        report = explain([log.encode("utf-8", "surrogateescape")], folder)
        assert [finding.code for finding in report.findings] == ["SD101"]
        for finding in report.findings:
            assert not any(fix.edits for fix in finding.fixes)
            # A column is known of a file that was read.
            assert finding.span is None or not finding.span.column


def test_a_line_that_differs_from_the_log_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("a = 1\nsecret = 2\nb = 3\n")
    log = f'  File "/home/other/net.py", line 2, in f\n    return self.fc(x)\n{FAULT}\n'
    [finding] = explain([log.encode()], tmp_path).findings
    assert finding.span is not None and not finding.span.column
    assert "secret" not in "".join(strings(to_json(finding)))


def test_source_text_is_parsed_and_never_run(tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    (tmp_path / "net.py").write_text(
        f"open({str(ran)!r}, 'w')\nclass N:\n  def f(self, x):\n    return self.fc(x)\n"
    )
    log = f'  File "net.py", line 4, in f\n    return self.fc(x)\n{FAULT}\n'
    [finding] = explain([log.encode()], tmp_path).findings
    assert finding.span is not None and finding.span.column and not ran.exists()


@pytest.mark.parametrize("text", ["(" * 5000, "x = \x0c", "\tif 1:\n x", "é" * 10])
def test_source_that_is_no_python_is_only_text(text: str, tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(f"{text}\nreturn self.fc(x)\n")
    line = text.count("\n") + 2
    log = f'  File "net.py", line {line}, in f\n    return self.fc(x)\n{FAULT}\n'
    assert explain([log.encode()], tmp_path).findings


def test_a_million_frames() -> None:
    frame = b'  File "/home/me/net.py", line 7, in recurse\n    return recurse(x)\n'
    explanation = explain_log([frame * 1_000_000, FAULT.encode()])
    assert explanation.lines == 2_000_001
    [cause] = explanation.causes
    assert cause.frame is not None and cause.frame.line == 7


def test_memory_is_bounded_whatever_repeats() -> None:
    def log() -> Iterator[bytes]:
        for n in range(30_000):
            yield f"step {n}\nRuntimeError: mat1 and mat2 shapes cannot be multiplied ({n}x{n + 1} and {n + 2}x{n})\n".encode()

    tracemalloc.start()
    explanation = explain_log(log())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 60e6
    assert explanation.causes and any("counted" in note for note in explanation.notes)


def test_a_fault_stands_in_a_long_line_without_end() -> None:
    explanation = explain_log([b"x" * 3_000_000, FAULT.encode(), b"y" * 3_000_000])
    assert [cause.code for cause in explanation.causes] == ["SD101"]
    assert explanation.lines == 1


@pytest.mark.parametrize("place", [0, 1_000_000, 1_048_570, 1_048_576, 1_100_000, 2_097_150, 2_500_000])
def test_a_fault_is_found_once_wherever_pieces_are_cut(place: int) -> None:
    filler = b"an ordinary line of a log\n"
    before = (filler * (place // len(filler) + 1))[:place].rpartition(b"\n")[0] + b"\n" if place else b""
    traceback = (
        f'Traceback (most recent call last):\n  File "net.py", line 4, in f\n    return self.fc(x)\n{FAULT}\n'
    )
    [cause] = explain_log([before + traceback.encode() + filler * 60_000]).causes
    assert cause.count == 1 and cause.frame is not None and cause.frame.line == 4
    assert cause.first.number == before.count(b"\n") + 4


@pytest.mark.parametrize("size", [1, 7, 4096])
def test_pieces_of_any_size_are_the_same_log(size: int) -> None:
    log = f'noise\n  File "net.py", line 4, in f\n    return self.fc(x)\n{FAULT}\nnoise\n'.encode() * 3
    pieces = [log[start : start + size] for start in range(0, len(log), size)]
    assert explain_log(pieces) == explain_log([log])


def test_an_empty_log_says_nothing() -> None:
    assert explain_text("").causes == () == explain_text("").notes
    assert explain_log([]).lines == 0
