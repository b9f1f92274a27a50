"""Code on top of Triton runs its own Python; kernels are launched on nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.tools import line_of, trace_source

ADD = """
import triton
import triton.language as tl
from triton.language.extra import libdevice


@triton.autotune(configs=[triton.Config({"BLOCK": 64}, num_warps=2)], key=["n"])
@triton.heuristics({"EVEN": lambda arguments: arguments["n"] % 64 == 0})
@triton.jit
def add_kernel(x_ptr, y_ptr, out_ptr, n, BLOCK: tl.constexpr, EVEN: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    tl.store(out_ptr + offsets, libdevice.tanh(tl.load(x_ptr + offsets)) + tl.load(y_ptr + offsets))


def add(x, y):
    out = torch.empty_like(x)
    n = out.numel()
    add_kernel[lambda meta: (triton.cdiv(n, meta["BLOCK"]),)](x, y, out, n)
    return out


class Net(nn.Module):
    def forward(self, x):
        return add(x, 2 * x) @ x.mT
"""


@pytest.mark.parametrize("present", [True, False], ids=["installed", "absent"])
def test_a_launch_is_a_step_and_what_it_writes_to_is_data(
    present: bool, installed: Callable[..., None], tmp_path: Path
) -> None:
    if present:
        installed("triton", "3.4.0", __init__="raise RuntimeError('0 active drivers')\n")
    report = trace_source(ADD, "-i 2,16,8", tmp_path)
    assert (report.findings, report.stopped) == ((), None)
    assert report.engine == "shape"
    [launch] = [step for step in report.steps if step.op == "triton.add_kernel"]
    assert [[size.size for size in value.dims] for value in launch.inputs] == [[2, 16, 8]] * 3
    assert launch.span and launch.span.line == line_of(ADD, "](x, y, out, n)")
    assert [size.size for size in report.calls[0].outputs[0].dims] == [2, 16, 16]


def test_values_that_a_kernel_may_have_written_are_unknown(tmp_path: Path) -> None:
    source = ADD.replace(
        "return add(x, 2 * x) @ x.mT", "return x if add(torch.ones(4), torch.ones(4))[0] > 2 else -x"
    )
    report = trace_source(source, "-i 2,16,8", tmp_path)
    assert any("values" in note for note in report.notes) or report.stopped


def test_a_fault_in_the_code_around_a_kernel_is_found(tmp_path: Path) -> None:
    source = ADD.replace("@ x.mT", "@ x")
    [finding] = trace_source(source, "-i 2,16,8", tmp_path).findings
    assert finding.code == "SD101"


def test_torch_does_without_triton() -> None:
    """Its own compilers would take the stand-in for the real thing."""
    import torch.utils._triton

    assert not torch.utils._triton.has_triton_package()
