"""How many processes a machine has room for."""

import os
from pathlib import Path

from tf_explainer.steps.usable_cores import usable_cores

# Of one process with a MobileNet on 3,000 images; half of it are features.
GIB_EACH = 5.0


def parallel_groups(groups: int) -> int:
    """Returns how many groups of runs fit beside each other.

    One a core, as far as the memory that is free now allows: a process uses
    one core well and two only in part.

    Args:
        groups: How many there are to do.
    """
    room = int(_free_gib() // GIB_EACH)
    return max(1, min(groups, room, usable_cores()))


def _free_gib() -> float:
    return min(_free_in_machine(), _free_in_container())


def _free_in_container() -> float:
    """What is left of the limit of a control group, version 2, if any."""
    group = Path("/sys/fs/cgroup")
    try:
        limit, used, told = (
            (group / name).read_text(encoding="utf-8")
            for name in ("memory.max", "memory.current", "memory.stat")
        )
        # Files kept in memory give way.
        kept = dict(line.split() for line in told.splitlines())["inactive_file"]
        return (int(limit) - int(used) + int(kept)) / 2**30
    # No such group, or its limit is the word "max".
    except (OSError, ValueError, KeyError):
        return float("inf")


def _free_in_machine() -> float:
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        lines = meminfo.read_text(encoding="utf-8").splitlines()
        known = dict(line.split(":", 1) for line in lines if ":" in line)
        if "MemAvailable" in known:
            return float(known["MemAvailable"].split()[0]) / 2**20
    # Elsewhere half of all memory is taken to be free.
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return pages / 2 / 2**30
