"""`shapedoc fix-suggest` as it is used: what it writes, where, and how it ends."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from shapedoc.cli import main
from shapedoc.client.process import Worker
from shapedoc.core.report import Edit, Fix, Reason, Report, Safety, Stop, Target
from shapedoc.suggest import pool
from shapedoc.suggest.environment import installed

from .projects import Runs, finding, project

ROOT = Path(__file__).parents[2]
LAYER = "x = BUG + BUG2\n"


class Faulty(Runs):
    """Where a file says BUG, its models have a fault with a safe fix; BUG2 shows once BUG is gone."""

    def run_all(self, requests, python, folder, jobs):
        for request, report in super().run_all(requests, python, folder, jobs):
            paths = [folder / file.path for file in report.files]
            yield request, replace(report, findings=tuple(self.faults(paths)))

    def faults(self, paths):
        for path in paths:
            text = path.read_text().replace("BUG2", "" if "BUG +" in path.read_text() else "BUG2")
            for word, safety in (("BUG", Safety.SAFE), ("ODD", Safety.UNSAFE)):
                if word in text:
                    found = finding(path, word, code="SD102")
                    edit = Edit(found.span, word.lower(), word)
                    yield replace(found, fixes=(Fix("lower", (edit,), safety, "proven"),))


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.chdir(project(tmp_path))
    return Faulty(tmp_path, monkeypatch)


def run(capsys, *arguments):
    status = main(["fix-suggest", *arguments])
    captured = capsys.readouterr()
    return status, captured.out, captured.err


def test_nothing_found_is_nothing_said(runs, capsys):
    assert run(capsys) == (0, "", "")
    assert run(capsys, "README.md") == (0, "", "")


def test_the_fix_is_a_diff_and_the_words_go_elsewhere(runs, capsys):
    (runs.folder / "only_one.py").write_text(LAYER)
    status, out, err = run(capsys)
    assert status == 1
    assert "SD102" in err and "SD102" not in out
    subprocess.run(["git", "apply"], input=out, text=True, check=True, cwd=runs.folder)
    assert (runs.folder / "only_one.py").read_text() == LAYER.replace("BUG +", "bug +")


def test_unsafe_fixes_are_shown_and_in_the_diff_only_if_asked_for(runs, capsys):
    (runs.folder / "shared.py").write_text("x = ODD\n")
    assert run(capsys)[1] == ""
    status, out, _ = run(capsys, "--unsafe-fixes")
    assert status == 1 and "+x = odd" in out


def test_apply_goes_on_until_nothing_is_left(runs, capsys):
    """The second fault of a file shows once the first is mended."""
    (runs.folder / "only_one.py").write_text(LAYER)
    status, out, _ = run(capsys, "--apply")
    assert (status, out) == (0, "")
    assert (runs.folder / "only_one.py").read_text() == LAYER.lower()


def test_apply_leaves_what_is_not_safe(runs, capsys):
    (runs.folder / "shared.py").write_text("x = ODD\n")
    status, _, err = run(capsys, "--apply")
    assert status == 1 and "SD102" in err and (runs.folder / "shared.py").read_text() == "x = ODD\n"
    assert run(capsys, "--apply", "--unsafe-fixes")[0] == 0
    assert (runs.folder / "shared.py").read_text() == "x = odd\n"


def test_apply_tells_why_a_file_was_not_written(runs, capsys):
    (runs.folder / "only_one.py").write_text(LAYER)
    (runs.folder / "only_one.py").chmod(0o444)
    status, _, err = run(capsys, "--apply")
    assert status == 1 and "only_one.py: is read-only" in err


def test_a_line_of_json_for_each_model(runs, capsys):
    (runs.folder / "only_one.py").write_text("x = BUG\n")
    status, out, _ = run(capsys, "--format", "jsonl")
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 1
    assert {line["target"]["name"]: len(line["findings"]) for line in lines} == {
        "one.py:Net": 1,
        "two.py:Net": 0,
    }


def test_lines_come_while_others_still_run(runs, capsys, monkeypatch):
    seen = []

    def slowly(*arguments):
        for ended in Runs.run_all(runs, *arguments):
            yield ended
            seen.append(capsys.readouterr().out.count("\n"))

    monkeypatch.setattr(pool, "run_all", slowly)
    run(capsys, "--format", "jsonl")
    assert seen == [1, 1]


def test_annotations_name_file_line_and_code(runs, capsys):
    (runs.folder / "only_one.py").write_text("\nx = BUG\n")
    status, out, _ = run(capsys, "--format", "github")
    assert status == 1
    assert out.startswith("::error file=only_one.py,line=2,") and "SD102" in out


def test_sarif_is_one_log_in_a_file(runs, capsys):
    (runs.folder / "shared.py").write_text("x = BUG\n")
    status, out, _ = run(capsys, "--format", "sarif", "--output", "log.sarif")
    [log] = json.loads((runs.folder / "log.sarif").read_text())["runs"]
    assert (status, out) == (1, "") and len(log["results"]) == 2


def test_one_incomplete_run_is_told_beside_clean_ones(runs, capsys, monkeypatch):
    def run_all(requests, *others):
        for request in requests:
            stop = Stop(Reason.EXIT, "the process died") if request.target == "one.py:Net" else None
            yield request, Report(Target(request.target), stopped=stop)

    monkeypatch.setattr(pool, "run_all", run_all)
    status, out, err = run(capsys)
    assert (status, out) == (2, "") and "one.py:Net" in err and "the process died" in err
    assert run(capsys, "--format", "concise")[1].count("incomplete") == 1


def test_a_baseline_accepts_what_is_found_today(runs, capsys):
    (runs.folder / "shared.py").write_text("x = BUG\n")
    assert run(capsys, "--write-baseline")[0] == 0
    assert len(json.loads((runs.folder / "shapedoc-baseline.json").read_text())["accepted"]) == 2
    (runs.folder / "shared.py").write_text("\n\nx = BUG\n")
    assert run(capsys) == (0, "", "")
    (runs.folder / "only_one.py").write_text("x = ODD\n")
    assert run(capsys)[0] == 1
    (runs.folder / "only_one.py").write_text("")
    (runs.folder / "shared.py").write_text("")
    status, _, err = run(capsys)
    assert status == 0 and err.count("no longer found") == 2


def test_paths_may_be_left_out_of_a_rule(runs, capsys):
    (runs.folder / "shared.py").write_text("x = BUG\n")
    models = (runs.folder / "shapedoc.yaml").read_text()
    (runs.folder / "shapedoc.yaml").write_text(f'{models}\nper-path-ignores: {{"sha*.py": [SD1]}}')
    assert run(capsys) == (0, "", "")
    (runs.folder / "shapedoc.yaml").write_text(f'{models}\nper-path-ignores: {{"other.py": [SD1]}}')
    assert run(capsys)[0] == 1


def test_a_share_of_the_models(runs, capsys):
    names = [
        json.loads(line)["target"]["name"]
        for part in ("1/2", "2/2")
        for line in run(capsys, "--format", "jsonl", "--shard", part)[1].splitlines()
    ]
    assert sorted(names) == ["one.py:Net", "two.py:Net"]


def test_no_cache_asks_again(runs, capsys):
    run(capsys)
    runs.ran.clear()
    run(capsys)
    assert not runs.ran
    run(capsys, "--no-cache")
    assert set(runs.ran) == {"one.py:Net", "two.py:Net"}


@pytest.mark.parametrize(
    ("config", "word"),
    [(None, "init"), ("ignore: [SD2]", "init"), ("modles: []", "models"), ("models: [", "yaml:2")],
)
def test_without_models_there_is_one_line(runs, capsys, config, word):
    (runs.folder / "shapedoc.yaml").unlink()
    if config:
        (runs.folder / "shapedoc.yaml").write_text(config)
    status, out, err = run(capsys)
    assert (status, out) == (2, "") and word in err and err.count("\n") == 1


def test_discover_does_without_a_configuration(runs, capsys):
    (runs.folder / "shapedoc.yaml").unlink()
    (runs.folder / "one.py").write_text("from torch import nn\nclass Net(nn.Module): ...\n")
    assert run(capsys, "--discover")[0] == 0
    assert set(runs.ran) == {"one.py:Net"}


def test_from_a_folder_below_the_same_is_seen(runs, capsys, monkeypatch):
    (runs.folder / "only_one.py").write_text("x = BUG\n")
    (runs.folder / "below").mkdir()
    monkeypatch.chdir(runs.folder / "below")
    assert run(capsys, "../only_one.py", "--format", "concise")[0] == 1
    assert set(runs.ran) == {"one.py:Net"}


def test_what_is_known_is_told_without_what_takes_long_to_import(runs, capsys, monkeypatch):
    """No worker, no torch, no rich; and no pydantic, which typer reads options with."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    paths = "import sys; print(*sys.path, sep='\\n')"
    fresh = subprocess.check_output([sys.executable, "-c", paths], text=True, env=environment).splitlines()
    monkeypatch.setattr("sys.path", fresh)  # other tests add folders to it, which makes another environment
    installed.cache_clear()
    run(capsys)
    program = "import sys\nfrom shapedoc.cli import main\nstatus = main(['fix-suggest', 'one.py'])\nprint(status, *sys.modules)"
    status, *modules = subprocess.check_output(
        [sys.executable, "-c", program], text=True, env=environment
    ).split()
    assert status == "0" and "yaml" in modules
    assert not {"torch", "numpy", "rich", "pydantic", "shapedoc.client.process", "filelock"} & set(modules)


NET = "from torch import nn\nfrom layers import Head\nclass Net(nn.Module):\n    def __init__(self):\n" + (
    "        super().__init__()\n        self.head = Head(8, 4)\n    def forward(self, x):\n        return self.head(x)\n"
)


def test_a_real_model_is_run_once_and_then_known(tmp_path, monkeypatch, capsys):
    """From the configuration to the worker and back; what is known starts no process."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / "layers.py").write_text("from torch import nn\nHead = nn.Linear\n")
    (tmp_path / "shapedoc.yaml").write_text('models: [{target: net.py:Net, inputs: {x: "b=2 d=8"}}]')
    assert run(capsys) == (0, "", "")
    (tmp_path / "layers.py").write_text(
        "from torch import nn\nclass Head(nn.Linear): ...\nHead = lambda i, o: nn.Linear(9, o)\n"
    )
    assert run(capsys, "net.py", "--format", "concise")[1].startswith("net.py:8:16: SD101")
    monkeypatch.setattr(Worker, "__init__", None)
    assert run(capsys, "--format", "concise")[0] == 1
    assert run(capsys, "shapedoc.yaml", "--format", "concise")[0] == 1
    assert run(capsys, "README.md") == (0, "", "")
