import signal

import pytest

from shapedoc.core.ending import TimeUp, reason_of, stop_of_error, stop_of_exit
from shapedoc.core.progress import Phase, Progress
from shapedoc.core.report import Reason, Span

STEP = Progress(Phase.RUN, 7, "linear", "blocks.0.mlp", "net.py", 41)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("x"), Reason.ERROR),
        (RuntimeError("x"), Reason.ERROR),
        (SystemExit(0), Reason.EXIT),
        (KeyboardInterrupt(), Reason.EXIT),
        (MemoryError(), Reason.MEMORY),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: 12"), Reason.MEMORY),
        (TimeUp(3), Reason.TIMEOUT),
    ],
)
def test_an_exception_tells_its_reason(error, reason):
    assert reason_of(error) is reason
    assert stop_of_error(error, STEP).reason is reason


def test_the_allocator_text_is_the_one_torch_raises():
    import torch

    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 50)
    assert reason_of(caught.value) is Reason.MEMORY


@pytest.mark.parametrize(
    ("code", "reason", "word"),
    [
        (0, Reason.EXIT, "status 0"),
        (3, Reason.EXIT, "status 3"),
        (-signal.SIGSEGV, Reason.EXIT, "SIGSEGV"),
        (-signal.SIGKILL, Reason.MEMORY, "killed"),
        (-63, Reason.EXIT, "signal 63"),
    ],
)
def test_an_exit_code_tells_how_a_process_ended(code, reason, word):
    stop = stop_of_exit(code, STEP)
    assert stop.reason is reason and word in stop.message


def test_a_stop_knows_the_last_step():
    stop = stop_of_exit(1, STEP)
    assert (stop.step, stop.module, stop.span) == (7, "blocks.0.mlp", Span("net.py", 41))
