"""Requests that a server answers before it takes others."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image

from tf_explainer.serving.interface import predict_request, serving_api
from tf_explainer.whole_files import atomic_write

FILE = Path("assets.extra", "tf_serving_warmup_requests")


def write_warm_up(
    saved_model: str | Path, name: str, images: Any, bytes_too: bool = True
) -> Path:
    """Writes requests into a SavedModel's folder that a server answers first.

    The first answer of a graph takes many times as long as the next.

    Args:
        saved_model: Folder of a version.
        name: What the model is called in addresses.
        images: uint8 or float `(batch, H, W, 3)`, which are asked about by
            one, and all together.
        bytes_too: Whether it has the signature `explain_bytes`.

    Returns:
        The file.

    Raises:
        InputError: If TensorFlow Serving's interface is not installed.

    Source:
        tensorflow.org/tfx/serving/saved_model_warmup.
    """
    logs = serving_api("prediction_log_pb2")
    path = Path(saved_model) / FILE
    with (
        atomic_write(path) as beside,
        tf.io.TFRecordWriter(str(beside)) as writer,
    ):
        for signature, inputs in _asked(np.asarray(images), bytes_too):
            log = logs.PredictionLog(
                predict_log=logs.PredictLog(
                    request=predict_request(name, signature, inputs)
                )
            )
            writer.write(log.SerializeToString())
    return path


def _asked(
    images: np.ndarray, bytes_too: bool
) -> Iterator[tuple[str, dict[str, Any]]]:
    pixels = images.astype(np.float32)
    for some in (pixels[:1], pixels):
        yield "explain", {"images": some}
        yield "classify", {"images": some}
    if bytes_too:
        stored = images[0].round().astype(np.uint8)
        gray = stored.shape[-1] == 1
        picture = Image.fromarray(stored[..., 0] if gray else stored)
        picture.save(file := io.BytesIO(), "JPEG")
        yield "explain_bytes", {"image_bytes": [file.getvalue()]}
