"""Two logical devices learn what one learns, by every filter loss.

With the score loss and without, with silent filters and without.
"""

import subprocess
import sys
import textwrap

import numpy as np
import pytest

from tf_explainer.losses.filter_losses import FILTER_LOSSES

SCRIPT = """
import sys
import keras, numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
part = tf.config.LogicalDeviceConfiguration()
tf.config.set_logical_device_configuration(cpu, [part, part])
strategies = {
    1: tf.distribute.get_strategy(),
    2: tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]),
}
from tf_explainer.callbacks import schedule
from tf_explainer.explainer import Explainer
from tf_explainer.losses.filter_losses import FILTER_LOSSES
from tf_explainer.performers import PERFORMERS
images = np.random.default_rng(0).uniform(0, 255, (16, 32, 32, 3))
further = {"exact": {"silence": 0.25}, "paper": {"score_weight": 0}}
def weights(kind, strategy):
    settings = {"filter_loss": kind, **further.get(kind, {})}
    with strategy.scope():
        keras.utils.set_random_seed(0)
        performer = PERFORMERS.get("small_cnn")(3, 32, width=4, units=8)
        explainer = Explainer.from_performer(
            performer, **settings, preset="filters"
        )
        # Slow: sums in another order must not move a peak to another place.
        explainer.compile(optimizer=keras.optimizers.SGD(1e-3))
    explainer.fit(
        images.astype("float32"),
        epochs=2,
        batch_size=8,
        shuffle=False,
        verbose=0,
        # Whether a filter is a stray hangs on the last digit of its peaks.
        callbacks=schedule(epochs=2, learning_epochs=2, preset="filters"),
    )
    if strategy is strategies[2]:
        assert explainer.distribute_strategy.num_replicas_in_sync == 2
    return np.concatenate([np.ravel(value) for value in explainer.weights])


found = {
    f"{kind}_{count}": weights(kind, strategy)
    for kind in FILTER_LOSSES.names()
    for count, strategy in strategies.items()
}
np.savez(sys.argv[1], **found)
"""


@pytest.mark.slow
def test_two_devices_equal_one(tmp_path):
    """All weights and statistics, λ_f and α among them, after two epochs."""
    script = tmp_path / "train.py"
    script.write_text(textwrap.dedent(SCRIPT))
    weights = tmp_path / "weights.npz"
    subprocess.run(
        [sys.executable, script, weights], check=True, capture_output=True
    )
    found = np.load(weights, allow_pickle=False)
    for kind in FILTER_LOSSES.names():
        one, two = (found[f"{kind}_{count}"] for count in (1, 2))
        np.testing.assert_allclose(two, one, rtol=2e-3, atol=1e-5, err_msg=kind)
