"""An exported explainer, asked in this process."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.encoded_images.eager import content_header
from tf_explainer.errors import InputError
from tf_explainer.explainer.answer_rows import (
    Known,
    asked_indices,
    check_different,
    explanations_of,
)
from tf_explainer.export.names import ASSETS

DEFAULT = "serving_default"
# What the signatures are asked by.
_IMAGES, _BYTES = "images", "image_bytes"
_NEEDED = (DEFAULT, "contributions")
_ASSERTED = re.compile(r"assertion failed: \[(.*)\]")
# Part maps are not told.
_NOWHERE = (0.0, 0.0, 0.0, 0.0)


class ServedModel:
    """A SavedModel of an explainer.

    Args:
        folder: Of a version, as `export_saved_model` writes it.
        max_pixels: Of all encoded images of one question; `None` for any
            number that is read.

    Raises:
        InputError: If it is none, or was written by an older version.
    """

    def __init__(self, folder: str | Path, max_pixels: int | None = None):
        names = _names(Path(folder))
        self.model = tf.saved_model.load(str(folder))
        self.signatures: dict[str, Any] = dict(self.model.signatures)
        if missing := set(_NEEDED) - set(self.signatures):
            raise _outdated(folder, f"no signature {', '.join(missing)}")
        self.max_pixels = max_pixels
        self.shape = tuple(self.inputs(DEFAULT)[_IMAGES].shape[1:])
        self.known = Known(
            class_names=names["class_names"],
            parts=[
                (name, tuple(filters))
                for name, filters in zip(
                    names["part_names"], names["part_filters"], strict=True
                )
            ],
            extent=_NOWHERE,
        )

    def inputs(self, signature: str) -> dict[str, tf.TensorSpec]:
        """Returns what a signature takes, by name.

        Args:
            signature: Of the SavedModel.

        Raises:
            InputError: If there is none of that name.
        """
        if signature not in self.signatures:
            raise InputError(
                f"`signature_name` must be one of "
                f"{', '.join(sorted(self.signatures))}, received "
                f"{str(signature)[:60]!r}."
            )
        return dict(self.signatures[signature].structured_input_signature[1])

    def outputs(self, signature: str) -> dict[str, tf.TensorSpec]:
        """Returns what a signature tells, by name.

        Args:
            signature: Of the SavedModel.
        """
        return dict(self.signatures[signature].structured_outputs)

    def ask(
        self, signature: str, inputs: Mapping[str, Any]
    ) -> dict[str, np.ndarray]:
        """Returns a signature's answer to a batch.

        Args:
            signature: Of the SavedModel.
            inputs: Its inputs, one row an example: arrays, and lists of
                bytes. `image_bytes` may stand for `images`.

        Raises:
            InputError: If the inputs are not those of the signature.
        """
        wanted = self.inputs(signature)
        if _BYTES in inputs and _BYTES not in wanted:
            inputs = {**inputs, _IMAGES: self.decoded(inputs[_BYTES])}
            inputs = {k: v for k, v in inputs.items() if k != _BYTES}
        if set(inputs) != set(wanted):
            raise InputError(
                f"`{signature}` takes {', '.join(wanted)}, received "
                f"{', '.join(name[:40] for name in inputs) or 'nothing'}."
            )
        if _BYTES in inputs:
            self._check_pixels(inputs[_BYTES])
        given = {
            name: tf.constant(checked(name, value, wanted[name]))
            for name, value in inputs.items()
        }
        try:
            told = self.signatures[signature](**given)
        except tf.errors.InvalidArgumentError as error:
            if found := _ASSERTED.search(error.message):
                raise InputError(found[1]) from error
            raise
        answer = {name: value.numpy() for name, value in told.items()}
        _check_finite(answer)
        return answer

    def explain(
        self, inputs: Mapping[str, Any], target: Any = None, against: Any = None
    ) -> list[dict[str, Any]]:
        """Returns why a class, image by image, as `Explanation.to_dict` does.

        Args:
            inputs: `images` or `image_bytes`.
            target: Name or index of the class, one for all or one for each;
                `None` for what the performer decides for.
            against: Of the class that is taken off; `None` for none.

        Raises:
            InputError: If an image or a class is none.
        """
        (rows,) = inputs.values()
        count, names = len(rows), self.known.class_names
        asked = {
            name: asked_indices(name, given, names, count)
            for name, given in (("target", target), ("against", against))
        }
        sources = [f"image {index}" for index in range(count)]
        if target is not None:
            # In the classes' names, which the graph does not have.
            check_different(asked["target"], asked["against"], sources, names)
        told = self.ask("contributions", {**inputs, **asked})
        found = explanations_of(
            self.known,
            # They are not drawn.
            [np.zeros(self.shape, np.uint8)] * count,
            sources,
            {**told, "against": asked["against"]},
        )
        return [one.to_dict() for one in found]

    def decoded(self, files: Sequence[bytes]) -> np.ndarray:
        """Returns encoded images as the signatures take them.

        Args:
            files: JPEG, PNG, GIF, BMP or WebP.

        Raises:
            InputError: If one cannot be read, or they have too many pixels.
        """
        if "decode" not in self.signatures:
            raise InputError(
                f"`images` must be arrays of {self.shape} here, received "
                "encoded images."
            )
        return self.ask("decode", {_BYTES: files})[_IMAGES]

    def warm_up(self) -> None:
        """Asks everything once: the first answers take longest."""
        images = {_IMAGES: np.zeros((1, *self.shape), np.float32)}
        for name in self.signatures:
            if set(self.inputs(name)) == {_IMAGES}:
                self.ask(name, images)
        self.explain(images)
        if "decode" in self.signatures:
            pixels = tf.zeros((8, 8, 3), tf.uint8)
            file = tf.io.encode_png(pixels).numpy()
            self.ask("explain_bytes", {_BYTES: [file]})

    def _check_pixels(self, files: Sequence[bytes]) -> None:
        """From what the files say of themselves: no pixel is decoded."""
        total = 0
        for index, file in enumerate(files):
            try:
                header = content_header(file)
            except ValueError as error:
                raise InputError(f"image {index}: {error}.") from error
            total += header.height * header.width
        if self.max_pixels is not None and total > self.max_pixels:
            raise InputError(
                f"the images must have {self.max_pixels:,} pixels together at "
                f"most, received {total:,}."
            )


def version_folder(path: str | Path) -> Path:
    """Returns the folder of a version of a model.

    Args:
        path: The folder itself, or that of several versions, of which the
            newest is taken.

    Raises:
        InputError: If there is no SavedModel.
    """
    found = Path(path)
    if found.is_dir() and not _is_model(found):
        versions = [one for one in found.iterdir() if one.name.isdecimal()]
        whole = [one for one in versions if _is_model(one)]
        found = max(whole, key=lambda one: int(one.name), default=found)
    if not _is_model(found):
        raise InputError(
            "`--model` must be a folder with a SavedModel or with versions "
            f"1, 2, … of one, received {path}."
        )
    return found


def checked(name: str, value: Any, spec: tf.TensorSpec) -> np.ndarray:
    """Returns rows in the type and shape that a signature takes.

    Args:
        name: Of the input, for messages.
        value: The rows.
        spec: What is taken.

    Raises:
        InputError: If they have another shape, or are not finite.
    """
    if spec.dtype == tf.string:
        return np.asarray(list(value), object)
    kind = spec.dtype.as_numpy_dtype
    wanted = ", ".join(str(side) for side in spec.shape[1:])
    words = f"(batch, {wanted})" if wanted else "(batch,)"
    whole = np.issubdtype(kind, np.integer)
    try:
        array = np.asarray(value)
        if array.dtype.kind not in ("iu" if whole else "iuf"):
            raise ValueError(array.dtype)
        # What is too large for it becomes infinite, and is refused.
        with np.errstate(over="ignore"):
            array = array.astype(kind)
    except (TypeError, ValueError, OverflowError) as error:
        raise InputError(
            f"`{name}` must be {words} {'whole ' if whole else ''}numbers, "
            "received rows of unequal lengths, or something else."
        ) from error
    if array.shape[1:] != tuple(spec.shape[1:]) or not len(array):
        raise InputError(f"`{name}` must be {words}, received {array.shape}.")
    if not np.isfinite(array).all():
        raise InputError(f"`{name}` must be finite, received NaN or infinity.")
    return array


def _check_finite(answer: Mapping[str, np.ndarray]) -> None:
    for value in answer.values():
        if value.dtype.kind == "f" and not np.isfinite(value).all():
            rows = np.isfinite(value).reshape(len(value), -1).all(axis=1)
            raise InputError(
                f"image {int(np.argmin(rows))}: its numbers are too large for "
                "the model, whose answer is not finite."
            )


def _is_model(folder: Path) -> bool:
    return (folder / "saved_model.pb").is_file()


def _names(folder: Path) -> dict[str, Any]:
    file = folder / ASSETS / "names.json"
    if not _is_model(folder) or not file.is_file():
        raise InputError(
            "`--model` must be a SavedModel that tf-explainer export wrote, "
            f"received {folder}."
        )
    names = json.loads(file.read_text(encoding="utf-8"))
    if "part_filters" not in names:
        raise _outdated(folder, "no filters of parts")
    return names


def _outdated(folder: str | Path, reason: str) -> InputError:
    return InputError(
        f"`--model` was written by an older tf_explainer ({reason}), received "
        f"{folder}. Write it again: tf-explainer export RUN"
    )
