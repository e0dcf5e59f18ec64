"""An exported explainer, asked in this process."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.explainer.answer_rows import (
    Known,
    asked_indices,
    check_different,
    explanations_of,
)
from tf_explainer.serving.model_folder import outdated, read_names
from tf_explainer.serving.row_checks import (
    check_finite,
    check_pixels,
    checked,
)

DEFAULT = "serving_default"
# What the signatures are asked by.
_IMAGES, _BYTES = "images", "image_bytes"
_NEEDED = (DEFAULT, "contributions")
_ASSERTED = re.compile(r"assertion failed: \[(.*)\]")
_LONGEST = 200
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
        names = read_names(Path(folder))
        self.model = _loaded(folder)
        self.signatures: dict[str, Any] = dict(self.model.signatures)
        if missing := set(_NEEDED) - set(self.signatures):
            raise outdated(folder, f"no signature {', '.join(missing)}")
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
        if signature not in list(self.signatures):
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
            check_pixels(inputs[_BYTES], self.max_pixels)
        answer = self.run(
            signature,
            {
                name: checked(name, value, wanted[name])
                for name, value in inputs.items()
            },
        )
        check_finite(answer)
        return answer

    def run(
        self, signature: str, given: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """Returns what the graph makes of what was checked.

        Args:
            signature: Of the SavedModel.
            given: Its inputs.

        Raises:
            InputError: If the graph refuses them.
        """
        try:
            told = self.signatures[signature](
                **{name: tf.constant(value) for name, value in given.items()}
            )
        except tf.errors.InvalidArgumentError as error:
            if found := _ASSERTED.search(error.message):
                raise InputError(found[1]) from error
            raise
        return {name: value.numpy() for name, value in told.items()}

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


def _loaded(folder: str | Path) -> Any:
    try:
        return tf.saved_model.load(str(folder))
    # TensorFlow raises whatever the damage leads its parts to.
    except Exception as error:
        told = (str(error).strip().splitlines() or ["no reason is given"])[0]
        raise InputError(
            f"`--model` received {folder}, which is cut off or damaged "
            f"({told[:_LONGEST]}). Copy it again, or write a new one by "
            "tf-explainer export RUN."
        ) from error
