"""Correcting inferred inputs: what errors say, which sizes answer them, and where trying stops."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from einops import rearrange
from torch import nn

from shapedoc.trace.inputs import Asked, Failure, Kind, fitted, plan_inputs, repair
from shapedoc.trace.inputs.fitting.solving import Sample, exact, guess, multiples, same, secant


def failure_of(call):
    with pytest.raises(Exception) as caught:
        call()
    return Failure(caught.value)


def complaints_of(call):
    return [(c.kind, c.found, c.expected) for c in failure_of(call).complaints()]


def ones(*shape, **options):
    return torch.ones(shape, **options)


SAID = {
    "linear": (lambda: nn.Linear(784, 10)(ones(2, 48)), (Kind.SIZE, 48, 784)),
    "linear on meta": (
        lambda: nn.Linear(784, 10, device="meta")(ones(2, 48, device="meta")),
        (Kind.SIZE, 48, 784),
    ),
    "conv channels": (lambda: nn.Conv2d(3, 8, 3)(ones(2, 5, 9, 9)), (Kind.SIZE, 5, 3)),
    "conv rank": (lambda: nn.Conv2d(3, 8, 3)(ones(2, 5)), (Kind.RANK, 0, 4)),
    "layer norm": (lambda: nn.LayerNorm(8)(ones(2, 6)), (Kind.SIZE, 6, 8)),
    "batch norm": (lambda: nn.BatchNorm1d(8)(ones(2, 6)), (Kind.SIZE, 6, 8)),
    "batch norm rank": (lambda: nn.BatchNorm2d(8)(ones(2, 8, 4)), (Kind.RANK, 3, 4)),
    "group norm": (lambda: nn.GroupNorm(2, 8)(ones(2, 6, 4)), (Kind.SIZE, 6, 8)),
    "lstm": (lambda: nn.LSTM(8, 4)(ones(5, 2, 6)), (Kind.SIZE, 6, 8)),
    "lstm rank": (lambda: nn.LSTM(8, 4)(ones(5, 2, 6, 1)), (Kind.RANK, 4, 3)),
    "attention": (lambda: nn.MultiheadAttention(8, 2)(*[ones(5, 2, 6)] * 3), (Kind.SIZE, 6, 8)),
    "broadcast": (lambda: ones(2, 5) + ones(2, 7), (Kind.SIZE, 5, 7)),
    "broadcast in place on meta": (
        lambda: ones(2, 5, device="meta").add_(ones(3, 2, 5, device="meta")),
        None,
    ),
    "cat": (lambda: torch.cat([ones(2, 3), ones(4, 3)], 1), (Kind.SIZE, 2, 4)),
    "cat rank": (lambda: torch.cat([ones(2, 3), ones(4)], 1), (Kind.RANK, 1, 2)),
    "bmm": (lambda: torch.bmm(ones(2, 3, 4), ones(2, 5, 6)), (Kind.SIZE, 4, 5)),
    "view": (lambda: ones(2, 5).view(2, 7), (Kind.SIZE, 10, 14)),
    "view of rows": (lambda: ones(2, 5).view(-1, 7), (Kind.SIZE, 10, 7)),
    "view of a multiple": (lambda: ones(2, 5).view(2, -1, 7), (Kind.MULTIPLE, 10, 14)),
    "expand": (lambda: ones(2, 5).expand(2, 7), (Kind.SIZE, 7, 5)),
    "einops divides": (lambda: rearrange(ones(2, 5), "b (h p) -> b h p", p=2), (Kind.MULTIPLE, 5, 2)),
    "einops rank": (lambda: rearrange(ones(2, 5), "b c h w -> b c (h w)"), (Kind.RANK, 2, 4)),
    "unpack": (lambda: (lambda b, c, h: None)(*ones(2, 5).shape) or _unpacked(ones(2, 5)), None),
    "too few": (lambda: _unpacked(ones(2, 5)), (Kind.RANK, 2, 3)),
    "permute": (lambda: ones(2, 5).permute(0, 2, 1), (Kind.RANK, 2, 3)),
    "dimension": (lambda: ones(2, 5).flatten(3), (Kind.RANK, 2, 4)),
    "index": (lambda: ones(2, 5)[:, 0, 0], (Kind.RANK, 2, 3)),
    "table": (lambda: nn.Embedding(9, 2)(torch.tensor([12])), (Kind.RANGE, 0, 9)),
    "table of floats": (lambda: nn.Embedding(9, 2)(ones(1)), (Kind.DTYPE, 0, 9)),
    "integers in a layer": (lambda: nn.Linear(3, 3)(ones(2, 3, dtype=torch.int64)), (Kind.DTYPE, 0, 0)),
    "mask": (lambda: ones(2).masked_fill(ones(2), 0), (Kind.DTYPE, 0, 0)),
    "kernel": (lambda: nn.Conv2d(3, 8, 9)(ones(2, 3, 4, 4)), (Kind.SMALL, 0, 0)),
    "pool": (lambda: F.max_pool2d(ones(2, 3, 1, 1), 2), (Kind.SMALL, 0, 0)),
    "words": (lambda: _raised("expects features of length 3000, but found 20."), (Kind.SIZE, 20, 3000)),
    "multiple in words": (lambda: _raised("sides must be divisible by 32"), (Kind.MULTIPLE, 0, 32)),
    "nothing": (lambda: _raised("out of luck"), None),
}


def _unpacked(x):
    b, c, h = x.shape
    return b, c, h


def _raised(text):
    raise ValueError(text)


@pytest.mark.parametrize("case", SAID)
def test_errors_of_torch_and_einops_are_understood(case):
    call, expected = SAID[case]
    found = complaints_of(call)
    assert expected in found if expected else Kind.DTYPE not in [kind for kind, *_ in found]


def test_the_layer_that_failed_gives_its_layout():
    [complaint] = failure_of(lambda: nn.Conv2d(3, 8, 3)(ones(2, 5))).complaints()
    assert [str(dim) for dim in complaint.hint.dims] == ["b=0", "c=3", "h=0", "w=0"]


class Guarded(nn.Module):
    patch, sides = 16, (32, 48)

    def forward(self, x):
        h = x.shape[2]
        assert h % self.patch == 0
        if x.size(-1) != self.sides[1]:
            raise ValueError("no")
        assert x.ndim == 3


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((2, 3, 20, 48), (Kind.MULTIPLE, 20, 16)),
        ((2, 3, 32, 20), (Kind.SIZE, 20, 48)),
        ((2, 3, 32, 48), (Kind.RANK, 4, 3)),
    ],
)
def test_the_condition_behind_an_error_is_read_from_its_frame(shape, expected):
    assert expected in complaints_of(lambda: Guarded()(ones(*shape)))


def test_a_condition_calls_nothing_of_the_users():
    class Loud:
        def __eq__(self, other):
            raise AssertionError("called")

        __hash__ = None

    def forward(x, loud):
        assert len(x) == loud.size.run() + 1, "no"

    with pytest.raises(AttributeError):
        forward(ones(2), Loud())
    assert complaints_of(lambda: _asserting(ones(2), Loud())) == []


def _asserting(x, loud):
    assert x is loud or (x.shape[0] == loud.count) is None, "no"


@pytest.mark.parametrize(
    ("strategy", "sample", "expected", "power", "size"),
    [
        (same, Sample(24, 24), 64, 1, 64),
        (same, Sample(24, 25), 65, 1, 64),
        (exact, Sample(28, 784), 1024, 2, 32),
        (exact, Sample(224, 49), 64, 2, 256),
        (exact, Sample(224, 197), 577, 2, 384),
        (exact, Sample(24, 24 * 8), 80, 1, 10),
        (guess, Sample(224, 44944), 400, 2, 32),
    ],
)
def test_sizes_are_solved_for(strategy, sample, expected, power, size):
    assert size in list(strategy([sample], expected, power))


def test_no_whole_size_is_no_solution():
    assert list(exact([Sample(224, 197)], 100, 2)) == []
    assert list(same([Sample(24, 30)], 64, 1)) == []
    assert list(secant([Sample(224, 100)], 64, 2)) == []


def test_multiples_are_divisible_and_the_first_is_round():
    sizes = list(multiples(64, 7))
    assert sizes[0] == 56 and all(size % 7 == 0 for size in sizes)


def run_of(model):
    def run(plan):
        shape = [[dim.size for dim in spec.dims] for spec in plan.specs()]
        runs.append(shape)
        try:
            model(*(torch.empty(sizes, device="meta") for sizes in shape))
        except Exception as error:
            return Failure(error)

    runs = []
    return run, runs


class Broken(nn.Module):
    """A fault of the model's own: no input makes it run."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Conv2d(3, 8, 3, device="meta"), nn.Conv2d(9, 8, 3, device="meta")

    def forward(self, x):
        return self.second(self.first(x))


def test_a_fault_of_the_model_stays_and_is_that_of_the_first_try():
    run, runs = run_of(Broken())
    plan, failure = fitted(plan_inputs(Broken()), Broken(), run)
    assert failure is not None
    assert [[dim.size for dim in spec.dims] for spec in plan.specs()] == runs[0] == [[2, 3, 224, 224]]
    assert len(runs) <= 12


def test_what_was_given_is_never_changed():
    model = nn.Linear(8, 4, device="meta")
    run, runs = run_of(model)
    given = plan_inputs(model, asked=Asked(("5,6",)))
    plan, failure = fitted(given, model, run)
    assert plan == given and failure is not None and len(runs) == 1


def test_an_axis_asked_for_is_not_fitted_away():
    model = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 4)).to("meta")
    model.insert(0, nn.Conv2d(3, 3, 1, device="meta"))
    run, _ = run_of(model)
    assert fitted(plan_inputs(model), model, run)[0].axes()["h"] == 32
    plan, failure = fitted(plan_inputs(model, asked=Asked(at={"h": 64, "w": 64})), model, run)
    assert failure is not None and plan.axes()["h"] == 64


@pytest.mark.parametrize(
    "error", [NotImplementedError("no"), KeyError("no"), AttributeError("no"), SystemExit()]
)
def test_errors_that_no_input_cures_end_the_search_at_once(error):
    model = nn.Conv2d(3, 4, 3)
    assert repair(plan_inputs(model), Failure(error), model) is None


def test_nothing_is_tried_twice_and_the_furthest_is_built_upon():
    model = nn.Conv2d(3, 4, 3)
    plan, seen = plan_inputs(model), []
    for steps in (1, 5, 2, 2):
        seen.append(plan.items)
        plan = repair(
            plan,
            Failure(RuntimeError("size of tensor a (7) must match the size of tensor b (9)"), steps),
            model,
        )
        if plan is None:
            break
    assert len(seen) > 1 and not any(items in seen[:index] for index, items in enumerate(seen))


def test_what_was_fitted_is_said():
    model = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Flatten(), nn.Linear(3 * 32 * 32, 4)).to("meta")
    run, _ = run_of(model)
    plan, _ = fitted(plan_inputs(model), model, run)
    [described] = plan.make(lambda shape, *_: torch.empty(shape, device="meta")).described
    assert described.origin == "inferred: 0 is Conv2d(3, …); h=32 w=32 fitted to the model"
