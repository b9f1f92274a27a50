"""The line of a log that a fault is told of: the one its message begins on, however many errors came before."""

from __future__ import annotations

import pytest

from shapedoc.messages import explain_log

FRAME = """\
Traceback (most recent call last):
  File "net.py", line {line}, in forward
    x = f(x)
  File "/lib/python3.11/site-packages/library.py", line 2593, in raised
    raise RuntimeError(  # this line has the name of an error, too
"""
MESSAGES = [
    "RuntimeError: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)\n",
    'einops.EinopsError:  Error while processing rearrange-reduction pattern "b (h d) -> b h d".\n'
    " Input tensor shape: torch.Size([2, 64]). Additional info: {'h': 7}.\n"
    " Shape mismatch, can't divide axis of length 64 in chunks of 7\n",
    "RuntimeError: Error(s) in loading state_dict for Linear:\n"
    "\tsize mismatch for weight: copying a param with shape torch.Size([5, 4]) from checkpoint, the shape in "
    "current model is torch.Size([4, 4]).\n"
    "\tsize mismatch for bias: copying a param with shape torch.Size([5]) from checkpoint, the shape in current "
    "model is torch.Size([4]).\n",
    "RuntimeError: Sizes of tensors must match except in dimension 1. Expected size\n"
    "32 but got size 33 for tensor number 1 in the list.\n",
]


def logged(order: list[str], between: str) -> bytes:
    parts = [f"{FRAME.format(line=10 + index)}{text}{between}" for index, text in enumerate(order)]
    return "".join(parts).encode()


@pytest.mark.parametrize("order", [MESSAGES, MESSAGES[::-1], [MESSAGES[1], MESSAGES[1], MESSAGES[2]]])
@pytest.mark.parametrize("between", ["", "the epoch went on\n", " 10%\r 20%\r 30%\n\n"])
def test_each_error_of_a_log_is_told_at_the_line_it_begins_on(order: list[str], between: str) -> None:
    log = logged(order, between)
    said = [explained.first.number for explained in explain_log([log]).causes]
    begins = [number for number, line in enumerate(log.split(b"\n"), 1) if b"Error: " in line]
    assert said == begins
