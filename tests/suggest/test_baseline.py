"""What is accepted is known by its rule, module and text, and comes back when it is gone."""

from dataclasses import replace

import pytest

from shapedoc.core.errors import UserError
from shapedoc.core.report import Reason, Report, Stop, Target
from shapedoc.suggest.baseline import Baseline, accepted_in, as_text, read_baseline

from .projects import finding

NET = "q = q.reshape(b, t, c)\nk = k.reshape(b, t, c)\n"


@pytest.fixture
def net(tmp_path):
    path = tmp_path / "net.py"
    path.write_text(NET)
    return path


def report(*findings, target="net.py:Net(dim=64)", **others):
    return Report(Target(target), findings=findings, **others)


def test_a_finding_is_accepted_wherever_its_line_has_gone(net):
    baseline = Baseline(accepted_in([report(finding(net, "q.reshape(b, t, c)"))]))
    net.write_text(
        "import torch\n\n\n" + NET.replace("q.reshape(b, t, c)", "q.reshape(b,\n  t, c)".replace("\n  ", " "))
    )
    moved = report(finding(net, "q.reshape(b, t, c)"), target="net.py:Net(dim=128)")
    assert baseline.without(moved).findings == ()


def test_another_rule_module_text_or_model_is_news(net):
    known = finding(net, "q.reshape(b, t, c)")
    baseline = Baseline(accepted_in([report(known)]))
    others = (
        replace(known, code="SD202"),
        replace(known, module="other"),
        finding(net, "k.reshape(b, t, c)"),
    )
    assert baseline.without(report(known, *others)).findings == others
    assert baseline.without(report(known, target="net.py:Other")).findings == (known,)


def test_a_second_one_of_the_same_is_news(net):
    known = finding(net, "q.reshape(b, t, c)")
    baseline = Baseline(accepted_in([report(known), report(known)]))
    assert baseline.without(report(known, known)).findings == (known,)


def test_an_accepted_fault_does_not_make_a_run_incomplete(net):
    crash = report(finding(net, "q.reshape(b, t, c)"), stopped=Stop(Reason.FAULT, "sizes differ"))
    baseline = Baseline(accepted_in([crash]))
    assert baseline.without(crash).exit_status == 0
    killed = replace(crash, findings=(), stopped=Stop(Reason.EXIT, "killed"))
    assert baseline.without(killed).exit_status == 2


def test_what_is_gone_is_told_of_models_that_ran_to_their_end(net):
    known = finding(net, "q.reshape(b, t, c)")
    baseline = Baseline(accepted_in([report(known), report(known, target="net.py:Other")]))
    assert [gone.model for gone in baseline.gone([report()])] == ["net.py:Net"]
    assert not list(baseline.gone([report(known)]))
    assert not list(baseline.gone([report(stopped=Stop(Reason.EXIT, "killed"))]))


def test_a_new_one_keeps_what_did_not_run(net):
    known = finding(net, "q.reshape(b, t, c)")
    baseline = Baseline(accepted_in([report(known), report(known, target="net.py:Other")]))
    assert [each.model for each in baseline.renewed([report()]).accepted] == ["net.py:Other"]


def test_it_is_read_as_it_was_written(net, tmp_path):
    baseline = Baseline(accepted_in([report(finding(net, "q.reshape(b, t, c)"))]))
    (tmp_path / "accepted.json").write_text(as_text(baseline))
    assert read_baseline(tmp_path / "accepted.json") == baseline
    assert read_baseline(tmp_path / "missing.json") == Baseline()


@pytest.mark.parametrize("text", ["", "[]", '{"accepted": [3]}', '{"accepted": [{"code": "SD1"}]}'])
def test_a_file_that_is_none_is_told(tmp_path, text):
    (tmp_path / "accepted.json").write_text(text)
    with pytest.raises(UserError, match=r"accepted\.json"):
        read_baseline(tmp_path / "accepted.json")
