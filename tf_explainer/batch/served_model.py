"""The SavedModel that explains: what it says of itself, and how it is asked."""

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import saved_model_pb2

from tf_explainer.batch.records import Names, contributions_name
from tf_explainer.batch.storage import (
    files_below,
    is_remote,
    joined,
    read_file,
    write_whole,
)
from tf_explainer.errors import InputError, refuse_later
from tf_explainer.export.names import ASSETS, FORMAT, NAMES, names_in

_SIGNATURE = "explain"
_GRAPH, _FACTS = "saved_model.pb", "export.json"


class Loaded:
    """A model in memory.

    Args:
        folder: Of the SavedModel, on this machine or not.
    """

    def __init__(self, folder: str) -> None:
        if is_remote(folder):
            folder = _copied(folder)
        # Its signatures alone do not keep it.
        self._model = tf.saved_model.load(folder)
        self._explain = self._model.signatures[_SIGNATURE]

    def explain(
        self, images: np.ndarray, batch_size: int
    ) -> dict[str, np.ndarray]:
        """Returns the outputs of the signature `explain`.

        Args:
            images: uint8 `(images, height, width, 3)`, at least one.
            batch_size: Images that are answered together.
        """
        answers: dict[str, list[np.ndarray]] = {}
        for start in range(0, len(images), batch_size):
            some = images[start : start + batch_size].astype(np.float32)
            for name, value in self._explain(images=tf.constant(some)).items():
                answers.setdefault(name, []).append(value.numpy())
        return {name: np.concatenate(some) for name, some in answers.items()}


class ModelFacts(NamedTuple):
    """What has to be known of a model before it is asked.

    Attributes:
        folder: Of the SavedModel.
        shape: `(height, width, channels)` of its images.
        apply_orientation: Whether photographs are turned as their EXIF
            orientation says, as they were for the training.
        names: Of classes and parts.
    """

    folder: str
    shape: tuple[int, int, int]
    apply_orientation: bool
    names: Names


def model_facts(folder: str) -> ModelFacts:
    """Reads what a SavedModel says of itself.

    Args:
        folder: What `tf-explainer export` wrote, a version.

    Raises:
        InputError: If it is none, or its performer takes no three channels.
    """
    inputs, outputs = _signature(folder)
    told = _facts(folder)
    if "apply_orientation" not in told:
        raise InputError(
            "`--model` does not say whether photographs are turned, received "
            f"{folder}. Write it again: tf-explainer export RUN"
        )
    height, width, channels = inputs["images"][1:]
    if channels != 3:
        raise InputError(
            "`--model` must take images of three channels, received "
            f"{folder} with {channels}."
        )
    file = joined(folder, ASSETS, NAMES)
    given = names_in(lambda: read_file(file), file)
    has_parts = contributions_name(True) in outputs
    parts = given["part_names"]
    if not has_parts:
        _, count = outputs[contributions_name(False)]
        parts = [f"filter {index}" for index in range(count)]
    names = Names(tuple(given["class_names"]), tuple(parts), has_parts)
    turned = bool(told["apply_orientation"])
    return ModelFacts(folder, (height, width, channels), turned, names)


def _signature(folder: str) -> list[dict[str, list[int]]]:
    """Shapes of what `explain` takes and of what it tells.

    To load the model for them would take seconds.
    """
    graph = saved_model_pb2.SavedModel()
    graph.ParseFromString(read_file(joined(folder, _GRAPH)))
    signatures = graph.meta_graphs[0].signature_def
    if _SIGNATURE not in signatures:
        raise InputError(
            f"`--model` must have the signature {_SIGNATURE}, received "
            f"{folder}."
        )
    found = signatures[_SIGNATURE]
    return [
        {
            name: [side.size for side in one.tensor_shape.dim]
            for name, one in told.items()
        }
        for told in (found.inputs, found.outputs)
    ]


def model_digest(folder: str) -> str:
    """Returns what tells a SavedModel from others: SHA-256 of its files.

    Args:
        folder: A version.

    Raises:
        InputError: If there is none.
    """
    digest = hashlib.sha256()
    for name in _files(folder):
        digest.update(name.encode() + b"\0")
        digest.update(read_file(joined(folder, *name.split("/"))))
    return digest.hexdigest()


def copy_model(folder: str, target: str) -> None:
    """Copies a SavedModel to where other machines can read it.

    Args:
        folder: A version, on this machine.
        target: An address.
    """
    for name in _files(folder):
        content = read_file(joined(folder, *name.split("/")))
        write_whole(joined(target, *name.split("/")), content)


def _files(folder: str) -> list[str]:
    if is_remote(folder):
        return files_below(folder)
    if not Path(folder, _GRAPH).is_file():
        raise InputError(
            "`--model` must be a version that tf-explainer export wrote, such "
            f"as exported/savedmodel/1, received {folder}."
        )
    found = [one for one in Path(folder).rglob("*") if one.is_file()]
    return sorted(one.relative_to(folder).as_posix() for one in found)


def _copied(folder: str) -> str:
    """Copies a model to this machine; TensorFlow reads few addresses."""
    place = tempfile.mkdtemp(prefix="tf-explainer-")
    for name in files_below(folder):
        path = Path(place, name)
        os.makedirs(path.parent, exist_ok=True)
        path.write_bytes(read_file(joined(folder, *name.split("/"))))
    return place


def _facts(folder: str) -> Mapping[str, Any]:
    try:
        told = json.loads(read_file(joined(folder, ASSETS, _FACTS)))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(told, dict):
        return {}
    # What export.json calls its format is savedmodel.
    refuse_later(told.get("form"), FORMAT, joined(folder, ASSETS, _FACTS))
    return told
