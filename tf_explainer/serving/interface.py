"""The servers' own libraries, and what goes wrong with a server."""

import importlib
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError


class ServerError(RuntimeError):
    """A server that could not be asked, or that refused."""


class Served(NamedTuple):
    """A model on a server, and how patiently it is asked.

    Attributes:
        address: `http://HOST:8501` for REST, `HOST:8500` for gRPC.
        name: What the model is called there.
        version: Of the model; `None` for the newest.
        timeout: Seconds that an answer may take.
        retries: How often a request is made again.
        token: Secret that the server wants to see; `None` for none.
    """

    address: str
    name: str
    version: int | None
    timeout: float
    retries: int
    token: str | None = None


def serving_api(module: str) -> Any:
    """Returns a module of TensorFlow Serving's interface.

    Args:
        module: Below `tensorflow_serving.apis`.

    Raises:
        InputError: If the interface is not installed.
    """
    try:
        return importlib.import_module(f"tensorflow_serving.apis.{module}")
    except ImportError as error:
        raise InputError(
            "TensorFlow Serving's interface is not installed: pip install "
            "'tf_explainer[serving]'"
        ) from error


def kserve_api(module: str = "kserve") -> Any:
    """Returns a module of KServe's server.

    Args:
        module: Its whole name.

    Raises:
        InputError: If KServe is not installed.
    """
    arguments, sys.argv = sys.argv, sys.argv[:1]
    try:
        # It reads the command line when it is imported, and ends the process
        # if it finds an option like one of its own.
        return importlib.import_module(module)
    except ImportError as error:
        raise InputError(
            f"`serve` needs {error.name}, which is not installed: pip install "
            "'tf_explainer[serve]'"
        ) from error
    finally:
        sys.argv = arguments


def predict_request(
    name: str, signature: str, inputs: Mapping[str, Any]
) -> Any:
    """Returns a request to a server.

    Args:
        name: What the model is called in addresses.
        signature: A signature of the SavedModel.
        inputs: Its inputs, one row an example; fractions as float32.
    """
    request = serving_api("predict_pb2").PredictRequest()
    request.model_spec.name = name
    request.model_spec.signature_name = signature
    for key, value in inputs.items():
        array = np.asarray(value, object if _is_text(value) else None)
        if array.dtype.kind == "f":
            array = array.astype(np.float32)
        request.inputs[key].CopyFrom(tf.make_tensor_proto(array))
    return request


def _is_text(value: Any) -> bool:
    # Arrays of bytes would lose zeros at their ends.
    return isinstance(value, list) and isinstance(value[0], bytes)
