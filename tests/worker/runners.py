"""Stand-ins for `shapedoc.trace.session:run` that do what a user's code may do."""

import contextlib
import ctypes
import importlib
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import torch

from shapedoc.core.progress import Phase, Progress
from shapedoc.core.report import Report, Size, Step, Target, Value

STEP = Progress(Phase.RUN, 7, "linear", "blocks.0.mlp", "/nets/net.py", 41)


def clean(request, progress):
    value = Value("x", "float32", (Size(2, "b"), Size(3)))
    return Report(
        Target(request.target), steps=(Step(0, "relu", (value,), (value,)),), engine=request.engine.value
    )


def prints(request, progress):
    print("a line of the user's own")
    os.write(1, b"bytes to file descriptor 1\n")
    subprocess.run(["echo", "from a child"], check=True)
    sys.stdout.write("no line end")
    return clean(request, progress)


def warns(request, progress):
    warnings.warn("a habit of the model's", UserWarning, stacklevel=1)
    torch.meshgrid(torch.ones(2), torch.ones(2))  # torch warns of its default order, from C++
    return clean(request, progress)


def warns_and_raises(request, progress):
    warnings.simplefilter("error")
    warnings.warn("not to be borne", UserWarning, stacklevel=1)


def reads(request, progress):
    return Report(Target(repr(sys.stdin.read()) + repr(os.read(0, 10))))


def counts(request, progress):
    """Gives 1, unless state is left from another run."""
    torch.calls = getattr(torch, "calls", 0) + 1
    return Report(Target(str(torch.calls)))


def exits(request, progress):
    progress(STEP)
    sys.exit("bye")


def exits_hard(request, progress):
    progress(STEP)
    os._exit(0)


def exits_in_c(request, progress):
    progress(STEP)
    ctypes.CDLL(None).exit(1)


def segfaults(request, progress):
    progress(STEP)
    ctypes.string_at(0)


def aborts(request, progress):
    progress(STEP)
    os.abort()


def loops(request, progress):
    progress(STEP)
    while True:
        time.sleep(0.01)


def loops_deaf(request, progress):
    progress(STEP)
    while True:
        with contextlib.suppress(BaseException):
            time.sleep(0.01)


def hangs_in_c(request, progress):
    """No handler of Python's runs before this returns."""
    progress(STEP)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    ctypes.CDLL(None).sleep(600)


def takes_python_memory(request, progress):
    progress(STEP)
    kept = []
    while True:
        kept.append(bytearray(1 << 24))


def takes_torch_memory(request, progress):
    progress(STEP)
    torch.empty(1 << 40)


def is_killed(request, progress):
    progress(STEP)
    os.kill(os.getpid(), 9)


def kills_the_server(request, progress):
    progress(STEP)
    os.kill(os.getppid(), 9)
    time.sleep(600)


def raises(request, progress):
    progress(STEP)
    raise ValueError("no shape matter")


def leaves_a_thread(request, progress):
    threading.Thread(target=time.sleep, args=(600,)).start()
    return clean(request, progress)


def leaves_a_process(request, progress):
    if os.fork() == 0:
        time.sleep(600)
    return clean(request, progress)


def leaves_a_process_and_dies(request, progress):
    progress(STEP)
    if os.fork() == 0:
        time.sleep(600)
    os._exit(5)


def imports_yaml(request, progress):
    import yaml

    return Report(Target(yaml.__file__))


def shows_path(request, progress):
    return Report(Target("\n".join(sys.path)))


def stands(request, progress):
    return Report(Target(os.getcwd()))


def reads_files(request, progress):
    """Import a module, read one file, write another, and change a third."""
    importlib.import_module(request.target)
    Path("sizes.json").read_text()
    Path("written.txt").write_text("new")
    Path("changed.json").read_text()
    Path("changed.json").write_text("{}")
    return clean(request, progress)


def prepare():
    torch.prepared = getattr(torch, "prepared", 0) + 1


def tells_whether_prepared(request, progress):
    return Report(Target(str(getattr(torch, "prepared", 0))))
