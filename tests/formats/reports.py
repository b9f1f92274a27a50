"""Reports made by hand, as a trace of `tests/golden/net.py` would make them."""

from pathlib import Path

from shapedoc.core.report import (
    Call,
    Edit,
    Finding,
    Fix,
    Input,
    Label,
    Reason,
    Report,
    Safety,
    Size,
    Span,
    Standin,
    Step,
    Stop,
    Target,
    Value,
)

FOLDER = Path(__file__).parents[1] / "golden"
NET = "net.py"


def value(name, *dims):
    """A tensor: `value("x", "b=2", 64)` has a named and an unnamed dimension."""
    return Value(name, "float32", tuple(map(_size, dims)))


def _size(dim):
    name, _, size = str(dim).rpartition("=")
    return Size(int(size), name)


def span(code, line=None):
    """The place of a text in `net.py`."""
    lines = (FOLDER / NET).read_text().split("\n")
    number = line or next(number for number, text in enumerate(lines, 1) if code in text)
    column = lines[number - 1].index(code) + 1
    return Span(NET, number, column, number, column + len(code))


IMAGE = value("x", "b=2", "c=64", "h=16", "w=16")
FEATURES = value("", "b=2", 64, "h=16", "w=16")
GROUPED = value("value", "m=2", "b=2", "g=2", "h=16", "w=16", "c=16")
INPUT = Input(IMAGE, "inferred: first layer is Conv2d(64, …)", "b=2 c=64 h=16 w=16")

BLOCKS = [
    call
    for block in range(12)
    for call in (
        Call(
            f"blocks.{block}.attn", "Attention", (FEATURES,), (FEATURES,), None, 1 + 2 * block, 2 + 2 * block
        ),
        Call(f"blocks.{block}.mlp", "Mlp", (FEATURES,), (FEATURES,), None, 2 + 2 * block, 3 + 2 * block),
    )
]
STEM = Call("stem", "Conv2d", (IMAGE,), (FEATURES,), None, 0, 1)
STEPS = (
    Step(0, "conv2d", (IMAGE,), (FEATURES,), "stem"),
    *(Step(index, "linear", (FEATURES,), (FEATURES,), "blocks") for index in range(1, 25)),
    Step(
        25, "rearrange", (FEATURES,), (GROUPED,), "mix", span("rearrange(x"), "b (m g c) h w -> m b g h w c"
    ),
    Step(
        26,
        "na2d_av",
        (
            value("attn", "b=2", "heads=4", "h=16", "w=16", 25),
            value("value", "b=2", "heads=2", "h=16", "w=16", 16),
        ),
        (),
        "mix",
        span("na2d_av(attn1"),
    ),
)
FINDING = Finding(
    "SD106",
    "attention weights have 4 heads, value has 2",
    span("na2d_av(attn1, value[0], kernel_size=self.k1)"),
    labels=(
        Label(span("attn1", 6), "4 heads, from weight.split(…)"),
        Label(span("value[0]"), "2 heads"),
        Label(span("self.num_heads // 2"), "the 2 is made here"),
    ),
    notes=(
        'NATTEN itself prints "Tensor shape mismatch at dimension 1: 2 != 2": it prints one operand twice',
    ),
    fixes=(
        Fix(
            "group by all heads",
            (Edit(span("self.num_heads // 2"), "self.num_heads", "self.num_heads // 2"),),
            Safety.SAFE,
            "proven: the whole model runs at 2 sizes, output [b 64 h w]",
        ),
        Fix("merge the heads", (Edit(span("value[0]"), "value[0].flatten(1, 2)", "value[0]"),)),
    ),
    module="mix",
    step=26,
)
CRASH = Report(
    Target("net.py:Net", "Net", NET),
    (INPUT,),
    "shape",
    (Standin("na2d_av", "NATTEN 0.15–0.17"),),
    (
        Call("", "Net", (IMAGE,), (), None, 0, 27),
        STEM,
        *BLOCKS,
        Call("mix", "ContextMixing", (FEATURES,), (), None, 25, 27),
    ),
    STEPS,
    (FINDING,),
    Stop(Reason.FAULT, "2 != 2", span("na2d_av(attn1"), "mix", 26),
    seconds=0.42,
)
CLEAN = Report(
    Target("net.py:Net", "Net", NET),
    (Input(IMAGE),),
    calls=(Call("", "Net", (IMAGE,), (FEATURES,), None, 0, 25), STEM, *BLOCKS),
    steps=STEPS[:25],
    seconds=0.31,
)
KILLED = Report(
    Target("net.py:Net"),
    stopped=Stop(
        Reason.EXIT,
        "the process died of SIGSEGV while running the model, at step 7 (na2d_av)",
        Span(NET, 6),
        "mix",
        7,
    ),
)
REPORTS = {"crash": CRASH, "clean": CLEAN, "killed": KILLED}
