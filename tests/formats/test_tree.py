"""What the tree shows, and what it leaves out."""

import re
from dataclasses import replace

import pytest

from shapedoc.core.report import Call, Finding, Reason, Report, Span, Step, Stop, Target
from shapedoc.formats import Page
from shapedoc.formats.tree import render

from .reports import CLEAN, CRASH, FEATURES, FOLDER, KILLED, span

ESCAPE = "\x1b"


@pytest.fixture(autouse=True)
def beside_the_model(monkeypatch):
    monkeypatch.chdir(FOLDER)


def blocks(count, inner=0):
    """A model of equal blocks of `inner` layers each."""
    size = max(1, inner)
    calls = [Call("", "Net", (FEATURES,), (FEATURES,), None, 0, count * size)]
    for block in range(count):
        start = block * size
        calls.append(Call(f"blocks.{block}", "Block", (FEATURES,), (FEATURES,), None, start, start + size))
        calls += [
            Call(
                f"blocks.{block}.{layer}",
                "Linear",
                (FEATURES,),
                (FEATURES,),
                None,
                start + layer,
                start + layer + 1,
            )
            for layer in range(inner)
        ]
    steps = tuple(Step(index, "linear", (FEATURES,), (FEATURES,)) for index in range(count * size))
    return replace(CLEAN, calls=tuple(calls), steps=steps)


def test_equal_blocks_are_one_line():
    assert render(blocks(12), Page()).count("Block") == 1
    assert "blocks.0–11  Block" in render(blocks(12), Page())


def test_a_block_with_a_finding_is_not_folded_away():
    text = render(replace(blocks(12, 2), findings=(Finding("SD101", "x", step=11),)), Page())
    assert "blocks.0–4  Block" in text
    assert re.search(r"blocks\.5  Block .*✗", text)
    assert "blocks.6–11  Block" in text


def test_clean_branches_are_closed_and_a_depth_opens_them():
    report = blocks(3, 2)
    assert "Linear" not in render(report, Page())
    assert "Linear" in render(report, Page(depth=2))
    assert "Block" not in render(report, Page(depth=0))


def test_the_way_to_a_finding_is_open_at_any_depth():
    assert "na2d_av" in render(CRASH, Page(depth=0)).split("SD106")[0].split("\n", 4)[4]


def test_a_module_with_very_many_lines_keeps_those_around_the_finding():
    steps = tuple(Step(index, f"op{index}", (FEATURES,), (FEATURES,)) for index in range(200))
    call = Call("", "Net", (FEATURES,), (FEATURES,), None, 0, 200)
    report = replace(CLEAN, calls=(call,), steps=steps, findings=(Finding("SD201", "x", step=100),))
    text = render(report, Page())
    assert "op99" in text and "✗ op100" in text and "op101" in text
    assert "op50" not in text and "… 93 more" in text
    assert "op50" in render(report, Page(depth=9))


def test_a_line_that_a_finding_speaks_of_is_kept():
    steps = tuple(
        Step(index, f"op{index}", (), (FEATURES,), "", Span("net.py", index)) for index in range(200)
    )
    finding = replace(
        CRASH.findings[0], step=150, labels=(replace(CRASH.findings[0].labels[0], span=Span("net.py", 20)),)
    )
    call = Call("", "Net", (FEATURES,), (), None, 0, 200)
    assert "op20 " in render(replace(CLEAN, calls=(call,), steps=steps, findings=(finding,)), Page())


def test_a_function_without_modules_shows_its_steps():
    steps = tuple(Step(index, op, (FEATURES,), (FEATURES,)) for index, op in enumerate(("relu", "mean")))
    text = render(replace(CLEAN, calls=(Call("", "f", (FEATURES,), (), None, 0, 2),), steps=steps), Page())
    assert "relu" in text and "mean" in text


def test_modules_that_run_no_step_stay_beside_their_neighbours():
    calls = (
        Call("", "Net", (FEATURES,), (FEATURES,), None, 0, 2),
        Call("fc", "Linear", (FEATURES,), (FEATURES,), None, 0, 1),
        Call("drop", "Dropout", (FEATURES,), (FEATURES,), None, 1, 1),
        Call("head", "Linear", (FEATURES,), (FEATURES,), None, 1, 2),
    )
    lines = render(replace(CLEAN, calls=calls), Page()).split("\n")
    assert [re.sub(r"[^├└]*([├└]── \w+).*", r"\1", line) for line in lines[1:5]] == [
        "└── Net",
        "├── fc",
        "├── drop",
        "└── head",
    ]


@pytest.mark.parametrize("report", [CRASH, CLEAN, KILLED])
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_line_is_wider_than_the_page(report, width):
    assert max(map(len, render(report, Page(width)).split("\n"))) <= width


def test_colour_is_only_there_where_it_is_wanted():
    assert ESCAPE not in render(CRASH, Page())
    assert ESCAPE in render(CRASH, Page(colour=True))
    assert (
        re.sub(r"\x1b\[[\d;]*m", "", render(CRASH, Page(colour=True))).split()
        == render(CRASH, Page()).split()
    )


def test_an_incomplete_trace_is_never_clean():
    for reason in Reason:
        text = render(replace(CLEAN, stopped=Stop(reason, "why it stopped", step=9)), Page())
        assert "clean" not in text
        assert "why it stopped" in text and "checked so far" in text


def test_a_log_without_an_error_was_not_traced():
    assert render(Report(Target("train.log", "log")), Page()) == "train.log\n\nnothing found\n"


def test_an_inferred_input_says_how_to_pin_it():
    assert '-i "b=2 c=64 h=16 w=16"' in " ".join(render(CRASH, Page()).split())
    assert "-i" not in render(CLEAN, Page())


def test_a_finding_without_source_still_has_its_words():
    gone = Span("/no/such/file.py", 3, 5, 3, 9)
    finding = replace(
        CRASH.findings[0], span=gone, labels=(replace(CRASH.findings[0].labels[0], span=gone),), fixes=()
    )
    text = render(replace(CRASH, findings=(finding,)), Page())
    assert "/no/such/file.py:3" in text and "4 heads" in text


def test_a_span_over_several_lines_marks_each():
    place = span("merge(")
    whole = replace(place, end_line=place.line + 3, end_column=10)
    finding = replace(CRASH.findings[0], span=whole, labels=(), fixes=())
    text = render(replace(CRASH, findings=(finding,)), Page())
    assert "größe = merge(\n                     ^^^^^^" in text
    assert sum("^" in line for line in text.split("\n")) == 4
