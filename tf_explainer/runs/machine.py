"""What a run depends on beside its settings: cores, memory, threads."""

import os
import platform
import time
from pathlib import Path
from typing import Any

import tensorflow as tf

from tf_explainer.config.settings import Settings

_QUOTA = Path("/sys/fs/cgroup/cpu.max")
# Of one process with a MobileNet on 3,000 images; half of it are features.
GIB_EACH = 5.0


def machine_facts() -> dict[str, Any]:
    """Returns what numbers depend on in their last digits, and so over epochs.

    Sums are taken in another order by another number of threads, and by other
    instructions on another processor.

    Returns:
        `processor`, its name; `threads` that share one operation; and
        `threads_beside`, how many operations run at a time.
    """
    import tensorflow as tf

    def threads(known: int, variable: str) -> int:
        # Where nothing is said TensorFlow takes all cores.
        return known or int(os.environ.get(variable) or 0) or usable_cores()

    config = tf.config.threading
    return {
        "processor": _processor(),
        "threads": threads(
            config.get_intra_op_parallelism_threads(), "TF_NUM_INTRAOP_THREADS"
        ),
        "threads_beside": threads(
            config.get_inter_op_parallelism_threads(), "TF_NUM_INTEROP_THREADS"
        ),
    }


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


def parallel_groups(groups: int, threads: int = 1) -> int:
    """Returns how many groups of runs fit beside each other.

    One a core, as far as the memory that is free now allows: a process uses
    one core well and two only in part.

    Args:
        groups: How many there are to do.
        threads: Threads of each.
    """
    room = int(_free_gib() // GIB_EACH)
    return max(1, min(groups, room, usable_cores() // threads))


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


def _processor() -> str:
    told = _told_of_processor("model name")
    return told or platform.processor() or platform.machine()


_CPUINFO = Path("/proc/cpuinfo")


def _told_of_processor(wanted: str) -> str:
    if _CPUINFO.is_file():
        for line in _CPUINFO.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == wanted:
                return value.strip()
    return ""


# Processors that multiply bfloat16: some of Intel since 2020, AMD since 2022.
_BFLOAT16 = {"avx512_bf16", "amx_bf16"}


def chosen_precision(settings: Settings) -> str:
    """Returns the policy that an explainer learns with on this machine.

    Args:
        settings: `auto` is `mixed_bfloat16` where the processor multiplies
            such numbers, on a GPU or several devices `float32`.
    """
    if settings.precision != "auto":
        return settings.precision
    multiplies = _BFLOAT16 & set(_told_of_processor("flags").split())
    alone = settings.strategy == "none"
    if multiplies and alone and not tf.config.list_physical_devices("GPU"):
        return "mixed_bfloat16"
    return "float32"


# Timings of a few milliseconds vary by less than this on a busy machine.
SLOWER = 1.5
_MAPS, _KERNEL = (8, 12, 12, 128), (3, 3, 128, 128)


def slow_precision(precision: str) -> str:
    """Says so if training in `precision` is slower than in float32 here.

    A convolution and the gradient of its kernel are timed in both, for about
    half a second. CPUs without instructions for bfloat16 compute that gradient
    more than ten times slower.

    Args:
        precision: `float32`, or a policy such as `mixed_bfloat16`.

    Returns:
        One sentence, empty if `precision` is not slower.
    """
    if precision == "float32":
        return ""
    ratio = _seconds(precision.removeprefix("mixed_")) / _seconds("float32")
    if ratio < SLOWER:
        return ""
    return (
        f"--precision {precision} is slower here: a convolution learns "
        f"{ratio:.1f} times as long as in float32, the default."
    )


def _seconds(dtype: str) -> float:
    """Shortest time of three."""
    maps = tf.ones(_MAPS, dtype)
    kernel = tf.ones(_KERNEL, dtype)

    @tf.function
    def learned() -> Any:
        with tf.GradientTape() as tape:
            tape.watch(kernel)
            total = tf.reduce_sum(tf.nn.conv2d(maps, kernel, 1, "SAME"))
        return tape.gradient(total, kernel)

    times = []
    # The first call traces it.
    for _ in range(4):
        began = time.perf_counter()
        learned().numpy()
        times.append(time.perf_counter() - began)
    return min(times[1:])
