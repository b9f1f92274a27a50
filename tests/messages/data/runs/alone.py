"""Each failing call in turn, as it is or compiled; what the process prints goes to a log of its own."""

import os
import sys
import traceback

import torch
from calls import CALLS


def run(call):
    return call()


def main(how, folder):
    for name, call in CALLS.items():
        os.dup2(os.open(f"{folder}/{name}.log", os.O_WRONLY | os.O_CREAT), sys.stderr.fileno())
        torch._dynamo.reset()
        try:
            run(torch.compile(call, backend="eager") if how == "compiled" else call)
        except Exception:
            traceback.print_exc()
        sys.stderr.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
