"""TensorFlow Serving's gRPC interface, on the client's side."""

import importlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.serving.interface import (
    Served,
    ServerError,
    predict_request,
    serving_api,
)


class Grpc:
    """Asks by gRPC, in whole tensors.

    Args:
        served: The model that is asked; again at most four times.
    """

    def __init__(self, served: Served) -> None:
        self._served = served
        stubs = serving_api("prediction_service_pb2_grpc")
        # It comes with the interface.
        grpc = importlib.import_module("grpc")
        self._errors = grpc.RpcError
        options = [
            ("grpc.service_config", json.dumps(_service(served.retries))),
            ("grpc.max_receive_message_length", -1),
        ]
        channel = grpc.insecure_channel(served.address, options)
        self._stub = stubs.PredictionServiceStub(channel)

    def predict(
        self, signature: str, inputs: Mapping[str, Any]
    ) -> list[dict[str, np.ndarray]]:
        """Returns a signature's answer to each example.

        Args:
            signature: Of the SavedModel.
            inputs: Its inputs, one row an example.
        """
        request = predict_request(self._served.name, signature, inputs)
        if self._served.version is not None:
            request.model_spec.version.value = self._served.version
        try:
            answer = self._stub.Predict(request, timeout=self._served.timeout)
        except self._errors as error:
            raise ServerError(
                f"{self._served.address} refuses: {error}"
            ) from error
        outputs = {
            name: tf.make_ndarray(value)
            for name, value in answer.outputs.items()
        }
        count = len(next(iter(inputs.values())))
        return [
            {name: value[row] for name, value in outputs.items()}
            for row in range(count)
        ]

    def is_ready(self) -> bool:
        """Returns whether the server has loaded the model."""
        metadata = serving_api("get_model_metadata_pb2")
        request = metadata.GetModelMetadataRequest(
            metadata_field=["signature_def"]
        )
        request.model_spec.name = self._served.name
        try:
            self._stub.GetModelMetadata(request, timeout=self._served.timeout)
        except self._errors:
            return False
        return True


def _service(retries: int) -> dict[str, Any]:
    """When a request is made again, in gRPC's own words."""
    if retries < 1:
        return {}
    policy = {
        # gRPC takes no more than five.
        "maxAttempts": min(retries + 1, 5),
        "initialBackoff": "0.1s",
        "maxBackoff": "2s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"],
    }
    return {"methodConfig": [{"name": [{}], "retryPolicy": policy}]}
