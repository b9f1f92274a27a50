"""The diff is what `git apply` takes, and only of fixes that are trusted."""

import shutil
import subprocess

import pytest

from shapedoc.core.report import Edit, Finding, Fix, Report, Safety, Span, Target
from shapedoc.formats import Page
from shapedoc.formats.diff import render, render_all

NET = "import torch\n\nx = a + b\ny = c * d\n"
A, C = Span("net.py", 3, 5, 3, 6), Span("net.py", 4, 5, 4, 6)


def finding(*fixes):
    return Finding("SD102", "sizes differ", A, fixes=fixes)


def report(*findings):
    return Report(Target("net.py:Net"), findings=findings)


def safe(*edits):
    return Fix("", edits, Safety.SAFE)


@pytest.fixture(autouse=True)
def beside_the_model(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(NET)
    return tmp_path


ONE, TWO = safe(Edit(A, "a.T", "a")), safe(Edit(C, "c.T", "c"))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_git_applies_it(beside_the_model, newline):
    (beside_the_model / "net.py").write_bytes(NET.replace("\n", newline).encode())
    text = render_all(
        [report(finding(ONE)), report(finding(ONE), finding(TWO))], Page(folder=str(beside_the_model))
    )
    subprocess.run(["git", "apply"], input=text.encode(), check=True)
    after = NET.replace("a +", "a.T +").replace("c *", "c.T *")
    assert (beside_the_model / "net.py").read_bytes() == after.replace("\n", newline).encode()


def test_only_trusted_fixes_are_in_it():
    unsafe = Fix("", (Edit(A, "a.mT", "a"),), Safety.UNSAFE)
    manual = Fix("", (Edit(A, "…", "a"),))
    assert render(report(finding(manual, unsafe)), Page()) == ""
    assert "a.mT" in render(report(finding(manual, unsafe)), Page(trusted=frozenset({Safety.UNSAFE})))
    assert "a.T" in render(report(finding(manual, unsafe, ONE)), Page())


def test_of_two_that_meet_the_first_is_taken():
    other = safe(Edit(Span("net.py", 3, 5, 3, 10), "b + a", "a + b"), Edit(C, "c.T", "c"))
    text = render(report(finding(ONE), finding(other)), Page())
    assert "a.T" in text and "b + a" not in text and "c.T" not in text


def test_a_file_that_changed_is_left_out(beside_the_model):
    (beside_the_model / "net.py").write_text("x = 1\n")
    assert render(report(finding(ONE)), Page()) == ""
    assert render(report(finding(safe(Edit(Span("gone.py", 1, 1, 1, 2), "", "x")))), Page()) == ""
