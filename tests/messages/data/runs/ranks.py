"""Two ranks: rank 1 fails each call in turn while rank 0 waits for it in a collective, and loses its peer."""

import os
import sys

import torch
import torch.distributed as dist
from calls import CALLS


def step(call, rank):
    if rank == 1:
        call()
    dist.all_reduce(torch.ones(4))


def main(folder):
    rank = int(os.environ["RANK"])
    store = dist.TCPStore(os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]), is_master=False)
    for name, call in CALLS.items():
        os.dup2(os.open(f"{folder}/{name}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND), sys.stderr.fileno())
        sys.excepthook = sys.__excepthook__  # each group wraps it anew, to name its rank
        dist.init_process_group("gloo", store=dist.PrefixStore(name, store), rank=rank, world_size=2)
        store.set(f"{name} on {rank}", "ready")
        store.wait([f"{name} on 0", f"{name} on 1"])  # else the one fails before the other is connected
        try:
            step(call, rank)
        except Exception:
            sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
        dist.destroy_process_group()


if __name__ == "__main__":
    main(*sys.argv[1:])
