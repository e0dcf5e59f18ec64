"""Whether a machine multiplies the shorter numbers more slowly."""

import time
from typing import Any

import tensorflow as tf

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
