"""The explainer as a SavedModel that needs no Python of ours."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from tf_explainer.datasets.encoded_images import DAMAGED, read_image
from tf_explainer.explainer import Explainer
from tf_explainer.export.names import write_names
from tf_explainer.export.questions import (
    INDICES,
    answered,
    contributions,
    explanation_of,
    traced,
)

# Signature → outputs of a call that it hands on.
OUTPUTS = {
    "classify": ("scores", "performer_scores"),
    "filters": ("peaks", "peak_strengths", "p"),
    "maps": ("maps",),
}
# Of explainers with parts, too.
PART_OUTPUTS = {"maps": ("part_maps",)}
# Of red, green and blue in what a person sees as bright (ITU-R 601), as
# Pillow and JPEG have it.
_BRIGHTNESS = (0.299, 0.587, 0.114)


def export_saved_model(
    explainer: Explainer,
    path: str | Path,
    apply_orientation: bool = False,
    verbose: bool = False,
) -> None:
    """Writes a SavedModel, and what its classes and parts are called.

    Signatures that take `images`, float `(batch, H, W, 3)`, values 0–255, at
    the performer's size; another size is refused:

    - `serving_default` and `explain`: why the class that the performer
      decides for? `part_contributions` `(batch, parts)`, what the removal of
      each part costs, `ordinary`, `rest` and `score` `(batch,)`, of which the
      first three add up to the last; `part_places` `(batch, parts, 2)`, (row,
      column) as fractions of the image, -1 where a part is absent, and
      `part_presence` `(batch, parts)`; `scores` and `performer_scores`
      `(batch, classes)`; `trust` and `closeness` `(batch,)`, how usual the
      image is, see `explainer.reading.outputs`. Without parts:
      `filter_contributions` `(batch, filters)`, gradient times activation.
    - `classify`: `scores` and `performer_scores` alone, which is quick.
    - `filters`: `peaks` `(batch, filters, 2)`, -1 where a filter is silent,
      `peak_strengths` `(batch, filters)`, and `p` `(batch,)`.
    - `maps`: `maps` `(batch, h, w, filters)` and `part_maps`
      `(batch, h, w, parts)`, many numbers.
    - `contributions`: `images`; `target`, int32 `(batch,)`, the class whose
      score is explained, -1 for the one that the performer decides for; and
      `against`, int32 `(batch,)`, the class whose score is taken off, -1 for
      none. As `explain`, with `parts` for `part_contributions`,
      `performer_score`, the performer's own score of the same question, and
      `target`, the class that was taken, `(batch,)`. Without parts each
      filter is taken for one: `peaks` and `peak_strengths` are told for
      `part_places` and `part_presence`.

    And those that take `image_bytes`, strings `(batch,)`, each an encoded
    JPEG, PNG, GIF, BMP or WebP of any size:

    - `decode`: `images`, as the other signatures take them. Files are decoded
      and resized as the images of a folder are for training, see
      `read_image`; to gray where the performer takes one channel. If some
      cannot be read, the batch fails with an error that tells which, and why.
    - `explain_bytes`: `decode`, then `explain`.

    A performer that takes neither one nor three channels has none of these.

    `assets.extra/names.json` holds `class_names`, `part_names` and
    `part_filters`, the indices of each part's filters, in the order of the
    outputs. A server's TensorFlow must be as new as the one that wrote the
    model.

    Args:
        explainer: A trained explainer.
        path: Folder to write, which must not hold a model; TF Serving wants
            its name to be the version, such as `saved_model/1`.
        apply_orientation: Whether `explain_bytes` turns photographs as their
            EXIF orientation says; as the images of the training were read.
        verbose: Whether Keras tells what it writes.

    Source:
        `keras.export.ExportArchive`; the name `image_bytes` ends as TF
        Serving's REST interface asks for base64 input.
    """
    shape = tuple(explainer.attachment.features.input_shape[1:])
    images = tf.TensorSpec((None, *shape), tf.float32, name="images")
    encoded = tf.TensorSpec((None,), tf.string, name="image_bytes")

    def checked(images: Any) -> Any:
        # A loaded signature takes any size, whatever it says.
        with tf.control_dependencies([check_size(images, shape)]):
            return tf.identity(images)

    def decode(image_bytes: Any) -> dict[str, Any]:
        return {"images": _read_all(image_bytes, shape, apply_orientation)}

    # Of these all signatures are made: what takes longest is traced once.
    # As concrete functions, or saving would trace them a second time.
    answer = traced(answered(explainer), images, *INDICES)
    answer = answer.get_concrete_function()
    called = traced(lambda images: explainer(images, training=False), images)
    called = called.get_concrete_function()
    explain = traced(
        lambda images: explanation_of(explainer, checked(images), answer),
        images,
    )
    signatures = {"serving_default": explain, "explain": explain}
    if shape[-1] in (1, 3):
        read = traced(decode, encoded)
        signatures["decode"] = read
        signatures["explain_bytes"] = traced(
            lambda image_bytes: explanation_of(
                explainer, read(image_bytes)["images"], answer
            ),
            encoded,
        )
    for name in OUTPUTS:
        told = served_outputs(explainer, name)
        signatures[name] = traced(_chosen(called, told, checked), images)
    signatures["contributions"] = contributions(
        explainer, images, checked, answer
    )
    archive = keras.export.ExportArchive()
    for one in (explainer, *explainer.answers.copies):
        archive.track(one)
    for name, signature in signatures.items():
        archive.add_endpoint(name, signature)
    archive.write_out(str(path), verbose=verbose)
    write_names(explainer, path)


def served_outputs(explainer: Explainer, signature: str) -> tuple[str, ...]:
    """Returns which outputs of a call a signature hands on.

    Args:
        explainer: An explainer.
        signature: One of `OUTPUTS`.
    """
    parts = explainer.encoder.parts > 0
    further = PART_OUTPUTS.get(signature, ()) if parts else ()
    return OUTPUTS[signature] + further


def _chosen(
    called: Callable[[Any], dict[str, Any]],
    names: Sequence[str],
    checked: Callable[[Any], Any],
) -> Callable[[Any], dict[str, Any]]:
    def chosen(images: Any) -> dict[str, Any]:
        out = called(checked(images))
        return {name: out[name] for name in names}

    return chosen


def check_size(images: Any, shape: tuple[int, ...]) -> Any:
    """Returns an operation that refuses images of another size.

    Args:
        images: What was received.
        shape: `(height, width, channels)` that the performer takes.
    """
    wanted = ", ".join(str(side) for side in shape)
    sides = tf.strings.as_string(tf.shape(images))
    received = tf.strings.reduce_join(sides, separator=", ")
    # As texts: TensorFlow takes the number of sides for known, and a batch of
    # another number takes the whole process down.
    same = tf.strings.regex_full_match(received, f"[1-9][0-9]*, {wanted}")
    told = tf.strings.join(
        [f"`images` must be (batch, {wanted}), received (", received, ")"]
    )
    return tf.debugging.Assert(same, [told])


def _read_all(
    encoded: Any, shape: tuple[int, ...], apply_orientation: bool
) -> Any:
    """Returns float32 `(batch, *shape)`, or fails and tells which is broken."""
    height, width, channels = shape

    def read(data: Any) -> tuple[Any, Any]:
        return read_image(data, height, width, apply_orientation)

    def attempt(data: Any) -> tuple[Any, Any]:
        # In a graph a failing operation can be caught by tf.data alone.
        found = tf.data.Dataset.from_tensors(data).map(read).ignore_errors()
        blank = tf.zeros((height, width, 3), tf.uint8)
        spare = tf.data.Dataset.from_tensors((DAMAGED, blank))
        return found.concatenate(spare).take(1).get_single_element()

    problems, images = tf.map_fn(
        attempt,
        encoded,
        fn_output_signature=(
            tf.TensorSpec((), tf.string),
            tf.TensorSpec((height, width, 3), tf.uint8),
        ),
    )
    with tf.control_dependencies([_check_problems(problems)]):
        images = tf.cast(images, tf.float32)
    if channels == 1:
        bright = tf.reduce_sum(images * _BRIGHTNESS, axis=-1, keepdims=True)
        images = tf.round(bright)
    return images


def _check_problems(problems: Any) -> Any:
    broken = tf.where(problems != "")[:, 0]
    listed = tf.strings.join(
        [
            *("image ", tf.strings.as_string(broken), ": "),
            tf.gather(problems, broken),
        ]
    )
    text = "`image_bytes` cannot be read, counted from 0: "
    told = tf.strings.join(
        [text, tf.strings.reduce_join(listed, separator="; ")]
    )
    return tf.debugging.Assert(tf.size(broken) == 0, [told])
