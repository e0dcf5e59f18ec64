"""TensorFlow Serving's REST interface, on the client's side.

`tf-explainer serve` has the same for its predictions.
"""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

import numpy as np
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from tf_explainer.serving.interface import Served, ServerError

# What a server that is busy, or not up yet, answers.
_AGAIN = (429, 502, 503, 504)


class Rest:
    """Asks by REST, in rows.

    Args:
        served: The model that is asked.
    """

    def __init__(self, served: Served) -> None:
        self._served = served
        address, name = served.address.rstrip("/"), quote(served.name)
        self._url = f"{address}/v1/models/{name}"
        if served.version is not None:
            self._url += f"/versions/{served.version}"
        self._session = requests.Session()
        if served.token is not None:
            self._session.auth = _bearer(served.token)
        again = Retry(
            total=served.retries,
            backoff_factor=0.1,
            status_forcelist=_AGAIN,
            allowed_methods=None,
            raise_on_status=False,
        )
        for kind in ("http://", "https://"):
            self._session.mount(kind, HTTPAdapter(max_retries=again))

    def predict(
        self, signature: str, inputs: Mapping[str, Any]
    ) -> list[dict[str, np.ndarray]]:
        """Returns a signature's answer to each example.

        Args:
            signature: Of the SavedModel.
            inputs: Its inputs, one row an example.
        """
        rows = [
            {
                name: _json(value)
                for name, value in zip(inputs, row, strict=True)
            }
            for row in zip(*inputs.values(), strict=True)
        ]
        body = {"signature_name": signature, "instances": rows}
        told = self._send("POST", f"{self._url}:predict", json.dumps(body))
        answers = told["predictions"]
        return [
            {name: np.asarray(value) for name, value in one.items()}
            for one in answers
        ]

    def is_ready(self) -> bool:
        """Returns whether the server has loaded the model."""
        try:
            told = self._send("GET", self._url)
        except ServerError:
            return False
        return told.get("ready") is True or any(
            one.get("state") == "AVAILABLE"
            for one in told.get("model_version_status", ())
        )

    def _send(self, method: str, url: str, body: str | None = None) -> Any:
        try:
            answer = self._session.request(
                method, url, data=body, timeout=self._served.timeout
            )
            told = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise ServerError(f"no answer from {url}: {error}") from error
        if not answer.ok:
            reason = told.get("error", told) if isinstance(told, dict) else told
            raise ServerError(f"{url} refuses ({answer.status_code}): {reason}")
        return told


def _bearer(token: str) -> Callable[[Any], Any]:
    """As a header alone, a .netrc file would win over it."""

    def sign(request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


def _json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    return np.asarray(value).tolist()
