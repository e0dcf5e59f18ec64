"""Trains a toy explainer on one device, two, or as one of two machines.

`python learned.py STRATEGY OUT OPTIONS`, run by the tests: TensorFlow's
devices and servers are those of a process. OPTIONS is JSON: settings of the
explainer, and of the training.
"""

import json
import sys

import keras
import numpy as np
import tensorflow as tf

from tf_explainer import Explainer
from tf_explainer.callbacks import EpochBackup, schedule
from tf_explainer.testing import toy_images, toy_performer


def strategy_of(name):
    """Two logical CPUs, or a machine of the cluster that TF_CONFIG tells."""
    if name == "mirrored":
        cpu = tf.config.list_physical_devices("CPU")[0]
        half = tf.config.LogicalDeviceConfiguration()
        tf.config.set_logical_device_configuration(cpu, [half, half])
        return tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    if name == "multiworker":
        return tf.distribute.MultiWorkerMirroredStrategy()
    return tf.distribute.get_strategy()


def learned(strategy, out, options):
    """Writes history, weights and answers of a training."""
    settings = options.get("settings", {})
    images = toy_images(options.get("images", 22))
    labels = np.arange(len(images)) % 3
    with strategy.scope():
        performer = toy_performer()
        keras.utils.set_random_seed(0)
        explainer = Explainer.from_performer(performer, **settings)
        explainer.compile(
            # Slow: sums in another order must not move a peak elsewhere.
            optimizer=keras.optimizers.SGD(options.get("rate", 1e-3)),
            run_eagerly=options.get("eagerly", False),
        )
    given = {"epochs": 4, "learning_epochs": 2}
    if preset := settings.get("preset"):
        given["preset"] = preset
    backup = []
    if folder := options.get("backup"):
        backup = [EpochBackup(folder)]
    with strategy.scope():
        planned = schedule(seed=3, **given, **options.get("schedule", {}))
    history = explainer.fit(
        images,
        labels if options.get("labels") else None,
        validation_data=(images[:5], labels[:5]),
        batch_size=8,
        epochs=4,
        initial_epoch=backup[0].epoch if backup else 0,
        verbose=0,
        seed=3,
        callbacks=[*planned, *backup],
    ).history
    told = {f"history/{k}": np.array(v) for k, v in history.items()}
    for variable in explainer.variables:
        told[f"variable/{variable.path}"] = np.asarray(variable)
    measured = explainer.evaluate(images, labels, return_dict=True, verbose=0)
    told |= {f"measured/{name}": value for name, value in measured.items()}
    answers = explainer.predict(images, batch_size=7, verbose=0)
    told |= {f"answer/{name}": value for name, value in answers.items()}
    np.savez(out, **told)


if __name__ == "__main__":
    name, out, given = sys.argv[1:]
    learned(strategy_of(name), out, json.loads(given))
