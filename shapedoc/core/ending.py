"""How a run may end before its model does, as the `Stop` that says so.

Two readers need it: the run itself, for an exception that came out of the user's code, and the front,
for a process that is simply gone:

>>> from shapedoc.core.progress import Phase
>>> stop_of_error(TimeUp(30), Progress(Phase.IMPORT)).message
"no end after 30 s while importing the model's code"
>>> stop_of_exit(-11, Progress(Phase.RUN, 4, "na2d_av")).message
'the process died of SIGSEGV while running the model, at step 4 (na2d_av)'
"""

from __future__ import annotations

import signal
import traceback

from shapedoc.core.progress import Progress
from shapedoc.core.report import Reason, Stop

# What torch says for a refused allocation on CPU, in a plain RuntimeError: c10/core/impl/alloc_cpu.cpp.
_ALLOCATOR = "DefaultCPUAllocator: can't allocate memory"
_SIGNALS = {number.value: number.name for number in signal.Signals}


class TimeUp(BaseException):
    """Raised inside the user's code when its time is over; no `except Exception` of its own catches it."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no end after {seconds:g} s")


def reason_of(error: BaseException) -> Reason:
    """What kind of end an exception of the user's code means."""
    if isinstance(error, MemoryError) or (isinstance(error, RuntimeError) and _ALLOCATOR in str(error)):
        return Reason.MEMORY
    if isinstance(error, SystemExit | KeyboardInterrupt):
        return Reason.EXIT
    return Reason.TIMEOUT if isinstance(error, TimeUp) else Reason.ERROR


def words_of(error: BaseException) -> str:
    """How an exception ended a run, in one line.

    >>> words_of(SystemExit(3)), words_of(KeyError("no such thing"))
    ('the process was ended by SystemExit(3)', "KeyError: 'no such thing'")
    """
    return {
        Reason.EXIT: f"the process was ended by {type(error).__name__}({', '.join(map(repr, error.args))})",
        Reason.MEMORY: "the memory bound was reached",
        Reason.TIMEOUT: str(error),
        Reason.ERROR: f"{type(error).__name__}: {error}",
    }[reason_of(error)]


def stop_of_error(error: BaseException, progress: Progress) -> Stop:
    """The end that an exception made."""
    return _stop(reason_of(error), words_of(error), progress, "".join(traceback.format_exception(error)))


def stop_of_exit(code: int, progress: Progress) -> Stop:
    """The end of a process that left nothing but its exit code: negative for the signal that it died of."""
    name = _SIGNALS.get(-code, f"signal {-code}")
    if name == "SIGKILL":
        return _stop(Reason.MEMORY, "the system killed the process (out of memory?)", progress)
    died = f"died of {name}" if code < 0 else f"was ended with exit status {code}"
    return _stop(Reason.EXIT, f"the process {died}", progress)


def _stop(reason: Reason, words: str, progress: Progress, debug: str = "") -> Stop:
    return Stop(reason, f"{words} while {progress}", progress.span, progress.module, progress.step, debug)
