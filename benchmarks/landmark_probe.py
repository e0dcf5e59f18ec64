"""How well landmarks can be told from the target feature at all.

A network of the interpretable track's shape, two 3 x 3 convolutions, is
trained *on the landmarks* of `train`, one map for each, and measured as the
explainer's filters are: its strongest unit against a constant place, on
`test`. A reference for filters that never saw a landmark, and no ceiling: it
does not learn from moved views, and may fail for want of images. `silent` is
the same with a filter that stays silent in the images where its map is
flattest, as many as are best on `train`.

    tf-explainer performer --data DIR --out runs/mine
    python benchmarks/landmark_probe.py runs/mine/performer.keras --data DIR
"""

import argparse
import json
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.datasets import open_dataset
from tf_explainer.datasets.part_dataset import PartSplit
from tf_explainer.evaluation import landmark_skill
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.explainer import Explainer

SHARES = np.linspace(0, 0.95, 20)
_BOTH = ("train", "test")


def main() -> None:
    """Trains the probe for each seed and prints or writes the skills."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("performer", type=Path, help="a .keras file")
    parser.add_argument("result", type=Path, nargs="?", help="JSON to write")
    parser.add_argument("--data", help="as in `tf-explainer run`")
    parser.add_argument("--units", type=int, default=64, help="hidden maps")
    parser.add_argument("--epochs", type=int, default=12)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    performer = keras.saving.load_model(options.performer, compile=False)
    explainer = Explainer.from_performer(performer)
    data = open_dataset(options.data, performer.input_shape[1])
    targets = {name: _target(explainer, data.splits[name]) for name in _BOTH}
    runs = []
    for seed in options.seeds:
        keras.utils.set_random_seed(seed)
        probe = trained_probe(
            targets["train"],
            data.splits["train"].landmarks,
            explainer.receptive_field,
            options.units,
            options.epochs,
        )
        located = [
            located_maps(
                probe.predict(targets[name], verbose=0, batch_size=64),
                data.splits[name],
                explainer.receptive_field,
            )
            for name in _BOTH
        ]
        runs.append(skills(*located))
    names = data.landmark_names
    result = {
        "data": data.name,
        "target": explainer.attachment.cut.target_layer,
        "seeds": options.seeds,
        **{
            kind: {
                name: [round(run[kind][i], 3) for run in runs]
                for i, name in enumerate(names)
            }
            for kind in ("always", "silent")
        },
    }
    text = json.dumps(result, indent=1)
    print(text)
    if options.result:
        options.result.write_text(text + "\n")


def trained_probe(
    target: np.ndarray,
    landmarks: np.ndarray,
    field: object,
    units: int = 64,
    epochs: int = 12,
) -> keras.Model:
    """Returns a network of the target feature to a map for each landmark.

    Args:
        target: `(images, H, W, channels)`.
        landmarks: `(images, landmarks, 2)`, fractions; NaN where hidden.
        field: Where the units of the map lie, a `ReceptiveField`.
        units: Maps between the two convolutions.
        epochs: Passes over the images and their mirror images.
    """
    seen = ~np.isnan(landmarks[..., 0]).all(axis=1)
    # Left and right: the mirrored map is that of the mirrored image.
    maps = np.concatenate([target[seen], target[seen][:, :, ::-1]])
    mirrored = landmarks[seen] * [1, -1] + [0, 1]
    places = np.concatenate([landmarks[seen], mirrored]).astype("float32")
    x = image = keras.Input(target.shape[1:])
    x = keras.layers.Dropout(0.2)(x)
    x = keras.layers.Conv2D(units, 3, padding="same", activation="relu")(x)
    x = keras.layers.Conv2D(landmarks.shape[1], 3, padding="same")(x)
    probe = keras.Model(image, x)
    probe.compile(keras.optimizers.Adam(5e-4), loss=_soft_peak_error(field))
    probe.fit(maps, places, batch_size=32, epochs=epochs, verbose=0)
    return probe


def located_maps(
    maps: np.ndarray, split: PartSplit, field: object
) -> LocatedPeaks:
    """Returns the strongest units beside the landmarks.

    Args:
        maps: `(images, H, W, landmarks)`.
        split: The images' landmarks and labels.
        field: Where the units lie, a `ReceptiveField`.
    """
    images, height, width, count = maps.shape
    flat = maps.reshape(images, height * width, count)
    flat = flat - flat.max(axis=1, keepdims=True)
    rows, columns = np.divmod(flat.argmax(axis=1), width)
    positions = np.stack(field.to_image(rows, columns), axis=-1)
    # The peak's share of the softmax: how sure the map is.
    strengths = 1 / np.exp(flat).sum(axis=1)
    peaks = FilterPeaks(np.asarray(positions, "float32"), strengths)
    return LocatedPeaks(peaks, split.landmarks, split.labels)


def skills(train: LocatedPeaks, test: LocatedPeaks) -> dict[str, list[float]]:
    """Returns each map's skill on its own landmark, always and with silence.

    Args:
        train: Gives offsets and chooses how often a map stays silent.
        test: Gives the values.
    """
    always = np.diagonal(landmark_skill(train, test).test)
    tries = []
    for share in SHARES:
        least = np.quantile(train.peaks.strengths, share, axis=0)
        found = landmark_skill(_hushed(train, least), _hushed(test, least))
        tries.append([np.diagonal(found.train), np.diagonal(found.test)])
    on_train, on_test = np.array(tries).swapaxes(0, 1)
    best = np.nanargmax(on_train, axis=0)
    silent = on_test[best, np.arange(len(best))]
    return {"always": always.tolist(), "silent": silent.tolist()}


def _hushed(located: LocatedPeaks, least: np.ndarray) -> LocatedPeaks:
    peaks = located.peaks
    fires = peaks.strengths >= least
    return located.with_peaks(
        FilterPeaks(
            np.where(fires[..., None], peaks.positions, np.nan),
            np.where(fires, peaks.strengths, 0.0),
        )
    )


def _target(explainer: Explainer, split: PartSplit) -> np.ndarray:
    features = [
        explainer.attachment.features(batch, training=False)["target"]
        for batch in split.batches(64)
    ]
    return np.concatenate([np.asarray(map_, "float32") for map_ in features])


def _soft_peak_error(field: object) -> object:
    def loss(places: tf.Tensor, maps: tf.Tensor) -> tf.Tensor:
        _, height, width, count = maps.shape
        shares = tf.nn.softmax(tf.reshape(maps, (-1, height * width, count)), 1)
        shares = tf.reshape(shares, tf.shape(maps))
        rows, columns = field.to_image(np.arange(height), np.arange(width))
        soft = tf.stack(
            [
                tf.einsum("bhwk,h->bk", shares, rows),
                tf.einsum("bhwk,w->bk", shares, columns),
            ],
            axis=-1,
        )
        seen = ~tf.math.is_nan(places)
        apart = tf.where(seen, soft - tf.where(seen, places, 0.0), 0.0)
        count = tf.reduce_sum(tf.cast(seen, "float32"))
        return tf.reduce_sum(tf.square(apart)) / tf.maximum(count, 1.0)

    return loss


if __name__ == "__main__":
    main()
