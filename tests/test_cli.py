"""The command line: exit statuses, one line for what is wrong, output whole or not at all."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

import shapedoc
from shapedoc.cli import main
from shapedoc.cli import trace as trace_command
from shapedoc.client import early
from shapedoc.core.report import Reason, Report, Size, Stop, Target
from shapedoc.core.request import Engine, Request

from .formats.reports import CLEAN, CRASH, KILLED

ROOT = Path(__file__).parents[1]
NOTHING = Report(
    Target("net.py:Net"), stopped=Stop(Reason.TARGET, "no file net.py", debug="Traceback of the import")
)


class Answering:
    """A worker that has its report ready and remembers what it was asked."""

    def __init__(self, report):
        self.report = report
        self.requests = []

    def __call__(self, python):
        self.python = python
        return self

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def run(self, request, watch=None):
        self.requests.append(request)
        return self.report


@pytest.fixture(autouse=True)
def no_early_worker(monkeypatch):
    monkeypatch.setattr(early, "COMMANDS", ())


@pytest.fixture
def answer(monkeypatch, tmp_path):
    """In a folder with `net.py:Net` and a checkpoint, a worker that gives one report."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text("class Net: ...\n")
    (tmp_path / "m.pt").touch()

    def with_report(report):
        worker = Answering(report)
        monkeypatch.setattr(trace_command, "Worker", worker)
        return worker

    return with_report


def shapedoc_process(*arguments, **options):
    command = [sys.executable, "-m", "shapedoc", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, **options)


@pytest.mark.parametrize(("report", "status"), [(CLEAN, 0), (CRASH, 1), (KILLED, 2), (NOTHING, 2)])
def test_the_exit_status_tells(answer, report, status):
    answer(report)
    assert main(["trace", "net.py:Net"]) == status


def test_every_option_reaches_the_request(answer):
    worker = answer(CLEAN)
    main(
        "trace net.py:Net -i x=2,3 -i b=2 --at b=3 --at h=7 --engine real --no-probe --no-fixes --train --select SD1,SD201"
        " --ignore SD108 --dtype bfloat16 --timeout 5 --debug --backward --weights m.pt --tp 8,2 --toggle a --toggle b.c".split()
    )
    assert worker.requests == [
        Request(
            "net.py:Net",
            inputs=("x=2,3", "b=2"),
            at=(Size(3, "b"), Size(7, "h")),
            engine=Engine.REAL,
            probe=False,
            fixes=False,
            train=True,
            backward=True,
            weights=str(Path("m.pt").absolute()),
            toggles=("a", "b.c"),
            ranks=(2, 8),
            dtype="bfloat16",
            timeout=5.0,
            select=("SD1", "SD201"),
            ignore=("SD108",),
            debug=True,
        )
    ]


def test_the_interpreter_is_the_one_asked_for_or_the_one_configured(answer):
    worker = answer(CLEAN)
    Path("own/bin").mkdir(parents=True)
    Path("own/bin/python").symlink_to(sys.executable)
    Path("shapedoc.yaml").write_text("python: own\n")
    main(["trace", "net.py:Net"])
    assert worker.python == str(Path("own/bin/python").absolute())
    main(["trace", "net.py:Net", "--python", sys.executable])
    assert worker.python == sys.executable


def test_a_request_without_options_is_the_default(answer):
    worker = answer(CLEAN)
    main(["trace", "net.py:Net"])
    assert worker.requests == [Request("net.py:Net")]


@pytest.mark.parametrize(
    "arguments",
    [
        "nonsense",
        "trace",
        "trace net.py --nonsense",
        "trace nets.py:Net",
        "trace net.py:Nets",
        "trace net.py:Net -i 2,x",
        "trace net.py --engine warp",
        "trace net.py --format papyrus",
        "trace net.py --at b",
        "trace net.py --at b=x",
        "trace net.py --timeout 0",
        "trace net.py --timeout soon",
        "trace net.py --depth -1",
        "trace net.py --tp 0",
        "trace net.py --tp 2,x",
        "trace net.py --select E501",
        "trace net.py --python /no/such/python",
        "trace net.py --output /no/such/folder/report.txt",
        "explain SD999",
        "explain no-such.log",
        "contracts no-such-library",
    ],
)
def test_bad_input_is_one_line_and_status_2(answer, capsys, arguments):
    answer(CLEAN)
    assert main(arguments.split()) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("shapedoc: ") and err.count("\n") == 1
    assert "Traceback" not in err


def test_nothing_to_run_is_one_line(answer, capsys):
    answer(NOTHING)
    main(["trace", "net.py:Net"])
    assert capsys.readouterr() == ("", "shapedoc: no file net.py\n")


@pytest.mark.parametrize(("options", "shown"), [([], False), (["--debug"], True)])
def test_tracebacks_come_with_debug_only(answer, capsys, options, shown):
    answer(NOTHING)
    main(["trace", "net.py:Net", *options])
    assert ("Traceback of the import" in capsys.readouterr().err) == shown


def test_a_fault_of_our_own_is_one_line_too(answer, capsys, monkeypatch):
    answer(None)
    assert main(["trace", "net.py:Net"]) == 2
    assert capsys.readouterr().err.startswith("shapedoc: internal error")
    with pytest.raises(AttributeError):
        main(["trace", "net.py:Net", "--debug"])


def test_an_error_carries_no_control_characters(capsys):
    main(["trace", "net.py", "--engine", "\x1b[2Jwarp"])
    assert "\x1b" not in capsys.readouterr().err


def test_output_goes_to_a_file(answer, capsys, tmp_path):
    answer(CRASH)
    path = tmp_path / "report.json"
    assert main(["trace", "net.py:Net", "--format", "json", "--output", str(path)]) == 1
    assert capsys.readouterr().out == ""
    assert json.loads(path.read_text())["version"] == 1
    assert [entry.name for entry in tmp_path.glob("*report*")] == ["report.json"]


def test_a_file_that_cannot_be_replaced_stays_as_it_was(answer, tmp_path, monkeypatch):
    answer(CRASH)
    path = tmp_path / "report.txt"
    path.write_text("before")

    def refuse(*names):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["trace", "net.py:Net", "--output", str(path)]) == 2
    assert path.read_text() == "before"
    assert [entry.name for entry in tmp_path.glob("*report*")] == ["report.txt"]


def test_an_output_file_has_the_mode_of_any_new_file(answer, tmp_path):
    answer(CRASH)
    main(["trace", "net.py:Net", "--output", str(tmp_path / "report.txt")])
    (tmp_path / "other").touch()
    assert (tmp_path / "report.txt").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_version():
    finished = shapedoc_process("--version")
    assert (finished.returncode, finished.stdout) == (0, f"shapedoc {shapedoc.__version__}\n")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["trace", "--help"]])
def test_help_is_no_error(arguments):
    finished = shapedoc_process(*arguments)
    assert finished.returncode == 0 and "Usage: shapedoc" in finished.stdout


def test_every_command_fits_the_help_page():
    lines = shapedoc_process("--help", env=os.environ | {"COLUMNS": "80"}).stdout.split("Commands:\n")[1]
    assert "..." not in lines and all(len(line) <= 80 for line in lines.split("\n"))


def test_rules_are_listed_and_each_is_explained(capsys):
    assert main(["rules", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)["rules"]
    assert main(["rules"]) == 0
    text = capsys.readouterr().out
    for rule in listed:
        assert f"{rule['code']}  {rule['name']} " in text
        assert main(["explain", rule["code"]]) == 0
        assert capsys.readouterr().out.startswith(f"{rule['code']} {rule['name']}: ")


LOG = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (1024x64 and 256x256)\n"


@pytest.mark.parametrize(("text", "status"), [(LOG, 1), ("all is well\n", 0)])
def test_a_log_is_explained_from_a_file_and_from_standard_input(capsys, tmp_path, text, status):
    (tmp_path / "train.log").write_text(text)
    assert main(["explain", str(tmp_path / "train.log"), "--format", "concise"]) == status
    finished = shapedoc_process("explain", "-", "--format", "concise", input=text)
    assert finished.returncode == status
    assert ("SD101" in finished.stdout) == ("SD101" in capsys.readouterr().out) == bool(status)


def test_contracts_are_listed_and_shown(capsys):
    assert main(["contracts"]) == 0
    assert "torch" in capsys.readouterr().out
    assert main(["contracts", "torch"]) == 0
    assert "torch.nn.functional.linear(input, weight, bias=None)" in capsys.readouterr().out


def test_a_closed_pipe_is_no_traceback():
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    finished = subprocess.run(
        [sys.executable, "-m", "shapedoc", "explain", "SD101"],
        cwd=ROOT,
        stdout=reader.stdin,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    reader.stdin.close()
    reader.wait()
    assert b"Traceback" not in finished.stderr


def test_progress_is_for_terminals(monkeypatch):
    from shapedoc.cli._waiting import progress_line

    with progress_line() as watch:
        assert watch is None
    terminal, side = pty.openpty()
    with open(side, "w") as stream, monkeypatch.context() as patch:
        patch.setattr(sys, "stderr", stream)
        with progress_line() as watch:
            assert watch is not None
    os.close(terminal)
