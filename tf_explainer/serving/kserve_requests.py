"""What the bodies of KServe's two protocols ask of a model."""

import base64
import binascii
import struct
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import orjson

from tf_explainer.errors import InputError
from tf_explainer.serving.interface import kserve_api
from tf_explainer.serving.served_model import DEFAULT

kserve = kserve_api()

_SHOWN = 60
_ENCODED = "image_bytes"


class Question(NamedTuple):
    """What is asked.

    Attributes:
        signature: Of the SavedModel.
        inputs: Name to rows: lists of bytes, lists of numbers, or arrays.
        target: See `ServedModel.explain`.
        against: See `ServedModel.explain`.
    """

    signature: str
    inputs: dict[str, Any]
    target: Any = None
    against: Any = None


def v1_question(payload: Any, most: int) -> Question:
    """Returns what a body of `:predict` or `:explain` asks.

    Args:
        payload: `{"instances": [...]}`, with `signature_name`, or with
            `target` and `against`. Each instance is an image, nested lists
            of numbers or `{"b64": ...}`; or a dictionary of named inputs,
            such as `{"images": ...}` or `{"image_bytes": {"b64": ...}}`.
        most: How many instances there may be.

    Raises:
        InputError: If it is none.
    """
    if isinstance(payload, bytes):
        try:
            payload = orjson.loads(payload)
        except orjson.JSONDecodeError as error:
            raise InputError(f"the body is no JSON: {error}.") from error
    known = ("instances", "signature_name", "target", "against")
    if not isinstance(payload, dict) or set(payload) - set(known):
        raise InputError(
            f"the body must be a JSON object with {', '.join(known)}, received "
            f"{_told(payload)}."
        )
    rows = payload.get("instances")
    if not isinstance(rows, list) or not rows:
        raise InputError(
            "`instances` must be a list of one image or more, received "
            f"{_told(rows)}."
        )
    _check_batch(len(rows), most)
    signature = payload.get("signature_name", DEFAULT)
    classes = payload.get("target"), payload.get("against")
    return Question(signature, _columns(rows), *classes)


def _columns(rows: Sequence[Any]) -> dict[str, Any]:
    """Named inputs, from rows that all have the same."""
    named = [_named(row) for row in rows]
    names = list(named[0])
    if any(set(row) != set(names) for row in named):
        raise InputError(
            "`instances` must all be of one kind, received some with "
            f"{', '.join(names)[:_SHOWN]} and others."
        )
    return {
        name: [
            _decoded(row[name], index) if name == _ENCODED else row[name]
            for index, row in enumerate(named)
        ]
        for name in names
    }


def _named(row: Any) -> Mapping[str, Any]:
    if not isinstance(row, dict):
        return {"images": row}
    return {_ENCODED: row} if set(row) == {"b64"} else row


def _decoded(value: Any, index: int) -> bytes:
    text = value.get("b64") if isinstance(value, dict) else value
    if not isinstance(text, str):
        raise InputError(
            f"image {index}: `{_ENCODED}` must be {{'b64': TEXT}}, received "
            f"{_told(value)}."
        )
    return _from_base64(text, index)


def _from_base64(text: str, index: int) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InputError(f"image {index}: it is no base64: {error}.") from error


def v2_question(request: Any, most: int) -> Question:
    """Returns what a request of the open inference protocol asks.

    Args:
        request: `kserve.InferRequest`. Its parameter `signature_name` is the
            signature; its inputs are named as those of the signature are.
            Encoded images are BYTES, base64 where they come in JSON.
        most: How many rows the inputs may have.

    Raises:
        InputError: If it is none.
    """
    inputs = {}
    for one in request.inputs:
        try:
            rows = one.as_numpy()
        except (TypeError, ValueError, AttributeError, struct.error) as error:
            raise InputError(
                f"`{one.name[:_SHOWN]}` is no {one.datatype[:_SHOWN]} of shape "
                f"{str(one.shape)[:_SHOWN]}."
            ) from error
        if rows.ndim < 1:
            raise InputError(f"`{one.name[:_SHOWN]}` must have rows.")
        _check_batch(len(rows), most)
        inputs[one.name] = _bytes(rows) if rows.dtype == object else rows
    signature = (request.parameters or {}).get("signature_name", DEFAULT)
    return Question(signature, inputs)


def _bytes(rows: np.ndarray) -> list[bytes]:
    return [
        row if isinstance(row, bytes) else _from_base64(str(row), index)
        for index, row in enumerate(rows.ravel().tolist())
    ]


def binary_request(body: bytes, length: Any, name: str) -> Any:
    """Returns a request whose numbers come behind its JSON, or all in JSON.

    KServe's own reader makes texts of all bytes, which images are not.

    Args:
        body: What was sent.
        length: Bytes of the JSON at its start, as the header tells;
            `None` for all of it.
        name: Of the model.

    Returns:
        `kserve.InferRequest`.

    Raises:
        InputError: If it is none.

    Source:
        github.com/triton-inference-server/server,
        docs/protocol/extension_binary_data.md.
    """
    try:
        start = len(body) if length is None else int(length)
        told = orjson.loads(body[:start])
        inputs = []
        for one in told["inputs"]:
            more = one.get("parameters") or {}
            made = kserve.InferInput(
                *(one["name"], [int(side) for side in one["shape"]]),
                *(one["datatype"], one.get("data"), more),
            )
            if made.data is None:
                size = int(more["binary_data_size"])
                if size < 0 or start + size > len(body):
                    raise ValueError(size)
                made._raw_data = body[start : start + size]
                start += size
            inputs.append(made)
        outputs = [
            kserve.protocol.infer_type.RequestedOutput(
                one["name"], one.get("parameters") or {}
            )
            for one in told.get("outputs") or ()
        ]
        return kserve.InferRequest(
            model_name=name,
            request_id=told.get("id"),
            infer_inputs=inputs,
            parameters=dict(told.get("parameters") or {}),
            request_outputs=outputs or None,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            "the body must be a request of the open inference protocol, JSON "
            "and behind it binary_data_size bytes of each input."
        ) from error


def _check_batch(count: int, most: int) -> None:
    if count > most:
        raise InputError(
            f"one request may ask about {most} images, received {count}."
        )


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return f"one with {', '.join(map(str, value))}"[:_SHOWN]
    return "nothing" if value is None else repr(value)[:_SHOWN]
