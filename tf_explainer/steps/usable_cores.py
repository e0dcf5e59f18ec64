"""How many cores this process may use."""

import os
from pathlib import Path

_QUOTA = Path("/sys/fs/cgroup/cpu.max")


def usable_cores() -> int:
    """Returns the number of cores, which a container may have limited.

    Affinity and, of a control group of version 2, the quota are heeded.
    """
    cores = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = min(cores, len(os.sched_getaffinity(0)))
    return max(1, min(cores, _quota(cores)))


def _quota(cores: int) -> int:
    try:
        quota, period = _QUOTA.read_text(encoding="utf-8").split()
        return int(int(quota) / int(period))
    # No such group, or its quota is the word "max".
    except (OSError, ValueError):
        return cores
