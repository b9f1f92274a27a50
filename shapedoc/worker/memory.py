"""A bound on the memory of a run, so that a model too large for the machine ends alone."""

from __future__ import annotations

import os
from pathlib import Path

GIB = 1 << 30
LARGEST = 8 * GIB
SHARE = 0.6  # of what the machine has


def default_bound() -> int:
    """Bytes that a run may take where nobody says otherwise."""
    machine = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return min(LARGEST, int(SHARE * machine))


def bound_memory(extra: int | None) -> None:
    """Allow this process `extra` bytes more than it has now.

    RLIMIT_DATA counts what is private and writable (getrlimit(2), since Linux 4.7), and so leaves out a
    checkpoint that is only mapped. Where there is no /proc, no such bound is kept by the system either.
    """
    try:
        import resource

        used = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    except (ImportError, OSError):
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    soft = used + (extra or default_bound())
    resource.setrlimit(resource.RLIMIT_DATA, (soft if hard < 0 else min(soft, hard), hard))
