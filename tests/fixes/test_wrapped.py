"""Which helpers of a file a value may be put through, and how many of them are tried."""

from __future__ import annotations

import textwrap
from pathlib import Path

import torch

from shapedoc.checks import findings_in
from shapedoc.core.report import Span
from shapedoc.fixes import Problem, wrapped
from shapedoc.fixes._helpers import Use, helpers_at
from shapedoc.fixes._sites import Scope
from shapedoc.trace.attempts import Case, planned
from shapedoc.trace.layouts import follow
from shapedoc.trace.target import load, parse_target

FILE = """
from torch import nn

def shown(x): print(x)
def is_empty(x): return len(x) == 0
def is_long(x): return not is_short(x)
def length(x): return len(x)
def of_two(x, y): return x
def of_none(): return 1
def by_name(x, *, to): return x
def of_one(x, by=2, *, to=3): return x

class Other(nn.Module):
    def elsewhere(self, x):
        return x

class Net(nn.Module):
    @property
    def size(self): return 1
    @staticmethod
    def static(x): return x
    @torch.no_grad()
    def decorated(self, x): return x
    def __len__(self): return 1
    def predict(self, x): return self(x)
    def step(self, x): return self.forward(x)
    def own(self, x): return self.of_own(x)
    def of_own(self, x): return x

    def forward(self, x):
        x = self.own(x)
        return x
"""


def helpers(tmp_path: Path, line: str) -> dict[str, Use]:
    path = tmp_path / "net.py"
    path.write_text(FILE)
    number = FILE.split("\n").index(line) + 1
    return {helper.name: helper.use for helper in helpers_at(Span(str(path), number))}


def test_what_takes_one_value_and_does_not_lead_back_is_a_helper(tmp_path: Path) -> None:
    assert helpers(tmp_path, "        x = self.own(x)") == {
        "self.static": Use.NOWHERE,
        "self.own": Use.BESIDE,
        "self.of_own": Use.ELSEWHERE,
        "of_one": Use.NOWHERE,
    }


def test_a_class_has_its_own_methods_only(tmp_path: Path) -> None:
    assert helpers(tmp_path, "        return x") == {"of_one": Use.NOWHERE}


def problem_of(text: str, path: Path) -> Problem:
    """The crash of a file's model, given `x` of two by five."""
    path.write_text(text)
    loaded = load(parse_target(f"{path}:Net"))
    finished = Case(loaded.build, planned((torch.empty(2, 5),), {})).attempt()
    follow(finished.trace)
    [finding] = findings_in(finished)
    scopes = {(str(path), finding.span.line): [Scope(shapes={"x": (2, 5)})]}
    return Problem(finding, finished, scopes=scopes)


def test_no_scalar_is_made_where_sizes_stretch(tmp_path: Path) -> None:
    problem = problem_of(textwrap.dedent(SCALAR), tmp_path / "scalar.py")
    assert problem.finding.code == "SD102"
    assert list(wrapped.propose(problem)) == []


SCALAR = """
    from torch import nn

    def total(x):
        return x.sum()

    class Net(nn.Module):
        def forward(self, x):
            return x + x.new_zeros(2, 4)
"""


def test_however_many_helpers_there_are_some_are_tried(tmp_path: Path) -> None:
    functions = "".join(f"def helper{index}(x): return x\n" for index in range(99))
    problem = problem_of(functions + textwrap.dedent(NET), tmp_path / "many.py")
    assert len(list(wrapped.propose(problem))) == wrapped.MOST


NET = """
    from torch import nn

    class Net(nn.Module):
        def forward(self, x):
            return x.view(3, 3)
"""
