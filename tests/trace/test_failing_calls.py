"""Every call that eager torch refuses, inside a small model: refused on shapes, with its rule, both sizes, the line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.kernels.test_failing_calls import CALLS
from tests.tools import line_of, trace_source

RECORDED = json.loads((Path(__file__).parents[1] / "data" / "failing_calls.json").read_text())["calls"]
CODES = {name: code for name, code, _ in CALLS} | {
    "index_many": "SD111",
    "emb_oor": "SD109",
    "unpack3": "SD111",
    "tensor_ragged": "SD107",
    "mha_embed": "SD110",
    "view_stride": "SD103",
    "load_sd": "SD112",
    "load_sd_keys": "SD112",
    "backward_shape": "SD401",
}
# What eager refuses for another reason than a shape: stopped, said in its own words, no finding.
NO_SHAPE_MATTER = {
    "emb_float": "a floating tensor as index is a matter of dtype",
    "chunk_unpack": "a function is called with an argument too few; that a chunk was missing is not said",
}
# The sizes are not in the call: a stride, a count of names, a list, a state dict's keys.
NO_SIZES = {"view_stride", "view_two_infer", "perm_dup", "tensor_ragged", "load_sd_keys", "mha_embed"}

MODEL = """
class Net(nn.Module):
    def forward(self, seed):
        def R(*shape, requires_grad=False):
            return seed.new_empty(shape).requires_grad_(requires_grad)
        return {call}  # here
"""


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded["name"])
def test_what_eager_refuses_is_refused(recorded: dict[str, str], tmp_path: Path) -> None:
    name = recorded["name"]
    code = MODEL.format(call=re.sub(r"torch\.rand\(", "R(", recorded["call"]))
    report = trace_source(code, "-i 1", tmp_path)
    assert report.stopped is not None
    if name in NO_SHAPE_MATTER:
        assert report.findings == () and report.exit_status == 2
        return
    [finding] = report.findings
    assert finding.code == CODES[name], finding.message
    assert finding.span is not None and finding.span.line == line_of(code, "# here")
    assert name in NO_SIZES or len(set(re.findall(r"\d+", finding.message))) > 1, finding.message


def test_the_last_resort_is_rare() -> None:
    assert sum(code == "SD108" for code in CODES.values()) <= 8
