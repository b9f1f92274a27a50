"""Whatever a model calls, in any order: a report comes of it, and it stops exactly where eager torch stops.

Most programs stop at their first call that makes no sense, which is what the contracts and the rules of
crashes are for; the others go on with shapes that nobody planned, which is what the silent rules must bear.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import torch
import torch.nn.functional as F
from einops import rearrange
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st
from torch import Tensor, nn

import shapedoc

Call = Callable[[Tensor, Tensor, int, int], Tensor]  # of two tensors at hand and two small numbers

CALLS: dict[str, Call] = {
    "reshape": lambda x, y, d, e: x.reshape(2, -1, abs(e) + 1),
    "flatten": lambda x, y, d, e: x.flatten(d, e),
    "unflatten": lambda x, y, d, e: x.unflatten(d, (2, -1)),
    "transpose": lambda x, y, d, e: x.transpose(d, e),
    "expand": lambda x, y, d, e: x.expand(2, *x.shape),
    "unsqueeze": lambda x, y, d, e: x.unsqueeze(d),
    "squeeze": lambda x, y, d, e: x.squeeze(d),
    "picked": lambda x, y, d, e: x.select(d, e),
    "sliced": lambda x, y, d, e: x[..., ::2],
    "chunk": lambda x, y, d, e: x.chunk(2, d)[0],
    "cat": lambda x, y, d, e: torch.cat([x, y], dim=d),
    "stack": lambda x, y, d, e: torch.stack([x, y], dim=d),
    "repeat": lambda x, y, d, e: x.repeat(2, *[1] * abs(e)),
    "repeat_interleave": lambda x, y, d, e: x.repeat_interleave(2, dim=d),
    "heads": lambda x, y, d, e: rearrange(x, "b t (h d) -> b h t d", h=abs(e) + 1),
    "merged heads": lambda x, y, d, e: rearrange(x, "b h t d -> b t (h d)"),
    "sum": lambda x, y, d, e: x.sum(d, keepdim=e > 0),
    "add": lambda x, y, d, e: x + y,
    "mul": lambda x, y, d, e: x * y,
    "scaled": lambda x, y, d, e: x * 4**-0.5,
    "masked": lambda x, y, d, e: x.masked_fill(y > 0, -1e9),
    "softmax": lambda x, y, d, e: x.softmax(d),
    "log": lambda x, y, d, e: x.softmax(d).clamp(min=0.1).log(),
    "normalize": lambda x, y, d, e: F.normalize(x, dim=d) * 8**0.5,
    "cumsum": lambda x, y, d, e: x.cumsum(d),
    "matmul": lambda x, y, d, e: x @ y,
    "scores": lambda x, y, d, e: x @ x.mT,
    "einsum": lambda x, y, d, e: torch.einsum("bid,bjd->bij", x, y),
    "attention": lambda x, y, d, e: F.scaled_dot_product_attention(x, y, y),
    "linear": lambda x, y, d, e: nn.Linear(8, 8)(x),
    "layer norm": lambda x, y, d, e: nn.LayerNorm(x.shape[-1:])(x),
    "convolution": lambda x, y, d, e: nn.Conv1d(4, 8, 1)(x),
    "recurrent": lambda x, y, d, e: nn.LSTM(8, 8, batch_first=e > 0)(x)[0],
    "multi head": lambda x, y, d, e: nn.MultiheadAttention(8, 2, batch_first=e > 0)(x, y, y)[0],
    "cross entropy": lambda x, y, d, e: F.cross_entropy(x, y),
    "in place": lambda x, y, d, e: x.clone().add_(y),
}


@dataclass(frozen=True)
class Step:
    """A call, which of the tensors made so far it takes, counted from the last, and two numbers."""

    name: str
    operands: tuple[int, int]
    numbers: tuple[int, int]


class Program(nn.Module):
    """Calls one after the other."""

    def __init__(self, steps: list[Step]) -> None:
        super().__init__()
        self.steps = steps

    def forward(self, x: Tensor) -> Tensor:
        made = [x]
        for step in self.steps:
            operands = (made[-1 - min(back, len(made) - 1)] for back in step.operands)
            made.append(CALLS[step.name](*operands, *step.numbers))
        return made[-1]


def stops(model: nn.Module, x: Tensor) -> bool:
    try:
        model(x)
    except (RuntimeError, ValueError, IndexError, AssertionError) as error:
        note(f"torch says: {error}")
        return True
    return False


BACK, NUMBER = st.integers(0, 2), st.integers(-3, 3)
STEP = st.builds(Step, st.sampled_from(list(CALLS)), st.tuples(BACK, BACK), st.tuples(NUMBER, NUMBER))


@pytest.mark.parametrize("shape", [(2, 4, 8), (2, 4, 6, 8), (4, 8)])
@settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEP, min_size=1, max_size=8))
@example(steps=[Step("attention", (0, 0), (0, 0))])
def test_a_program_ends_in_a_report_and_stops_where_torch_stops(
    shape: tuple[int, ...], steps: list[Step]
) -> None:
    model, x = Program(steps), torch.rand(shape)
    refused = stops(model, x)
    report = shapedoc.trace(model, x, probe=False)
    assert bool(report.stopped) == refused, report.stopped
