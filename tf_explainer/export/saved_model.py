"""The explainer as a SavedModel that needs no Python of ours."""

from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from tf_explainer.explainer import Explainer

OUTPUTS = ("scores", "performer_scores", "peaks", "peak_strengths", "p")


def export_saved_model(explainer: Explainer, path: str | Path) -> None:
    """Writes a SavedModel with three signatures.

    - `serving_default` and `explain`: `images`, float `(batch, H, W, 3)`,
      values 0–255, at the performer's size.
    - `explain_bytes`: `image_bytes`, strings `(batch,)`, each an encoded JPEG
      or PNG of any size; decoded to RGB, what is transparent on white, or to
      gray where the performer takes one channel, and resized inside
      (bilinear, with antialiasing).

    All return `scores` and `performer_scores` `(batch, classes)`, `peaks`
    `(batch, filters, 2)` as (row, column) fractions of the image, -1 where a
    filter is silent, `peak_strengths` `(batch, filters)`, and `p` `(batch,)`.

    Args:
        explainer: A trained explainer.
        path: Folder to write, which must not hold a model; TF Serving wants
            its name to be the version, such as `saved_model/1`.

    Source:
        `keras.export.ExportArchive`; the name `image_bytes` ends as TF
        Serving's REST interface asks for base64 input.
    """
    shape = tuple(explainer.attachment.features.input_shape[1:])
    images = tf.TensorSpec((None, *shape), tf.float32, name="images")
    encoded = tf.TensorSpec((None,), tf.string, name="image_bytes")

    def explain(images: Any) -> dict[str, Any]:
        out = explainer(images, training=False)
        return {name: out[name] for name in OUTPUTS}

    def explain_bytes(image_bytes: Any) -> dict[str, Any]:
        decoded = tf.map_fn(
            lambda one: _decoded(one, *shape),
            image_bytes,
            fn_output_signature=tf.TensorSpec(shape, tf.float32),
        )
        return explain(decoded)

    archive = keras.export.ExportArchive()
    archive.track(explainer)
    archive.add_endpoint("serving_default", explain, input_signature=[images])
    archive.add_endpoint("explain", explain, input_signature=[images])
    archive.add_endpoint(
        "explain_bytes", explain_bytes, input_signature=[encoded]
    )
    archive.write_out(str(path), verbose=False)


def _decoded(encoded: Any, height: int, width: int, channels: int) -> Any:
    def plain() -> Any:
        found = tf.io.decode_image(encoded, channels, expand_animations=False)
        return tf.cast(found, tf.float32)

    def on_white() -> Any:
        found = tf.cast(tf.io.decode_png(encoded, 4), tf.float32)
        return 255.0 + (found[..., :3] - 255.0) * found[..., 3:] / 255.0

    # Of the formats, only PNG can be asked for the opacity.
    is_png = tf.strings.substr(encoded, 0, 4) == b"\x89PNG"
    image = tf.cond(is_png, on_white, plain) if channels == 3 else plain()
    image.set_shape((None, None, channels))
    return tf.image.resize(image, (height, width), antialias=True)
