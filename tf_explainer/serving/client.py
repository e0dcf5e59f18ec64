"""Asks a server, by REST or by gRPC."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.serving.by_grpc import Grpc
from tf_explainer.serving.by_rest import Rest
from tf_explainer.serving.interface import Served

_GRPC = "grpc://"


class Client:
    """Asks a served explainer about images.

    Args:
        address: `http://HOST:8501` or `https://…` for REST, of TensorFlow
            Serving or of `tf-explainer serve`; `grpc://HOST:8500` for gRPC,
            which needs `pip install 'tf_explainer[serving]'`.
        name: What the model is called there.
        version: Of the model; `None` for the newest.
        timeout: Seconds that an answer may take.
        retries: How often a request is made again if the server is busy or
            cannot be reached; requests change nothing.
        batch_size: Images that are sent together.
        token: Secret that `tf-explainer serve` wants to see; for REST alone.
    """

    def __init__(
        self,
        address: str,
        name: str,
        version: int | None = None,
        timeout: float = 30.0,
        retries: int = 3,
        batch_size: int = 8,
        token: str | None = None,
    ) -> None:
        if batch_size < 1:
            raise InputError(
                f"`batch_size` must be 1 or more, received {batch_size}."
            )
        if token is not None and address.startswith(_GRPC):
            raise InputError(
                "`token` is sent by REST alone: take an http:// or https:// "
                f"address, received {address}."
            )
        self.batch_size = batch_size
        way = Grpc if address.startswith(_GRPC) else Rest
        place = address.removeprefix(_GRPC)
        served = Served(place, name, version, timeout, retries, token)
        self._ask: Any = way(served)

    def explain(self, images: Any) -> list[dict[str, np.ndarray]]:
        """Returns, of each image, what each part gives to its class.

        Args:
            images: Float array `(images, H, W, 3)` at the CNN's size; or
                paths of image files, of any size.

        Returns:
            Output to its value, see `export_saved_model`, for each image.

        Raises:
            ServerError: If the server refuses or cannot be reached.
        """
        if isinstance(images, np.ndarray):
            return self.ask("explain", images=images)
        files = [Path(os.fspath(path)).read_bytes() for path in images]
        return self.ask("explain_bytes", image_bytes=files)

    def ask(self, signature: str, **inputs: Any) -> list[dict[str, np.ndarray]]:
        """Returns a signature's answer to each example.

        Args:
            signature: Of the SavedModel.
            **inputs: Its inputs, one row an example.

        Raises:
            InputError: If the inputs differ in their number of examples.
            ServerError: If the server refuses or cannot be reached.
        """
        sizes = {name: len(value) for name, value in inputs.items()}
        if len({*sizes.values()}) != 1:
            raise InputError(
                "`inputs` must have as many rows each, received "
                f"{', '.join(f'{n}: {size}' for n, size in sizes.items())}."
            )
        return [
            answer
            for some in _batches(inputs, self.batch_size)
            for answer in self._ask.predict(signature, some)
        ]

    def is_ready(self) -> bool:
        """Returns whether the server has loaded the model."""
        return bool(self._ask.is_ready())


def _batches(inputs: Mapping[str, Any], size: int) -> Iterator[dict[str, Any]]:
    count = len(next(iter(inputs.values())))
    for start in range(0, count, size):
        yield {
            name: value[start : start + size] for name, value in inputs.items()
        }
