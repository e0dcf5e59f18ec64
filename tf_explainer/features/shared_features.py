"""The performer's features on disk, made once and read by many processes."""

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.features.cache import GIB
from tf_explainer.whole_files import atomic_write


def performer_digest(performer: keras.Model) -> str:
    """Returns what tells a CNN and its weights from any other, as hex.

    Args:
        performer: A built model.
    """
    digest = hashlib.sha256(performer.to_json().encode())
    for weight in performer.get_weights():
        digest.update(weight.tobytes())
    return digest.hexdigest()


class SharedFeatures:
    """Features in a folder that several processes see.

    One process computes them and moves them there whole; the others read
    them, and are refused if they ask for those of other images or of another
    performer.

    Args:
        folder: Where they lie; it is made if missing.
        computes: Whether this process computes what is not there.
        memory_limit: What each process reads once and keeps in its memory,
            GiB; more is read from the disk in each epoch.
    """

    def __init__(
        self, folder: Path, computes: bool = True, memory_limit: float = 4.0
    ) -> None:
        self.folder = Path(folder)
        self.computes = computes
        self.memory_limit = memory_limit

    def of(
        self,
        name: str,
        facts: Mapping[str, Any],
        compute: Callable[[], tf.data.Dataset],
    ) -> tf.data.Dataset:
        """Returns features, computed first if they are not there yet.

        Args:
            name: What they are called in the folder.
            facts: What they are made of, JSON values.
            compute: Returns them as `Explainer.cached_features` does.

        Returns:
            Single examples, in the order of the images.

        Raises:
            InputError: If there are none and this process does not compute
                them, if they are of something else, or if they are more than
                may be kept.
        """
        place, digest = self.folder / name, _digest(facts)
        known = _record(place)
        if known.get("made_of") != digest:
            self._check(known)
            count = _store(place, digest, compute())
        else:
            count = int(known["images"])
        features = tf.data.Dataset.load(str(place / "features"))
        features = features.apply(
            tf.data.experimental.assert_cardinality(count)
        )
        bytes_each = sum(
            np.prod(spec.shape) * spec.dtype.size
            for spec in features.element_spec.values()
        )
        fits = bytes_each * count <= self.memory_limit * GIB
        return features.cache() if fits else features

    def _check(self, known: Mapping[str, Any]) -> None:
        if self.computes:
            return
        if known:
            raise InputError(
                "The images or the CNN here are not those of which the "
                f"features in {self.folder} were made; give this process the "
                "same files as the chief of the search has."
            )
        raise InputError(
            f"There are no features in {self.folder} yet; begin the chief of "
            "the search first, which computes them."
        )


def _digest(facts: Mapping[str, Any]) -> str:
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _record(place: Path) -> dict[str, Any]:
    file = place / "features.json"
    if not file.is_file():
        return {}
    return json.loads(file.read_text(encoding="utf-8"))


def _store(place: Path, digest: str, features: tf.data.Dataset) -> int:
    count = int(features.cardinality())
    if count < 0:
        raise InputError(
            "The features are too many to be kept for several processes: "
            "raise `disk_limit`, or search with fewer images."
        )
    record = {"made_of": digest, "images": count}
    with atomic_write(place) as beside:
        # One shard keeps the order.
        features.save(
            str(beside / "features"), shard_func=lambda *_: np.int64(0)
        )
        (beside / "features.json").write_text(json.dumps(record) + "\n")
    return count
