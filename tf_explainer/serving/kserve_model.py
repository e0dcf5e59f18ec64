"""A served explainer as KServe's server runs it."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import orjson

from tf_explainer.config.serving import ServingOptions
from tf_explainer.errors import InputError
from tf_explainer.serving.interface import kserve_api
from tf_explainer.serving.kserve_requests import (
    binary_request,
    v1_question,
    v2_question,
)
from tf_explainer.serving.served_model import DEFAULT, ServedModel

kserve = kserve_api()
_Model: Any = kserve.Model
_Plane: Any = kserve_api("kserve.protocol.dataplane").DataPlane
_Repository: Any = kserve_api(
    "kserve.protocol.model_repository_extension"
).ModelRepositoryExtension
_numbers = kserve_api("kserve.utils.numpy_codec")
_JSON = {"content-type": "application/json"}
_LENGTH = "inference-header-content-length"


class KServeModel(_Model):
    """Answers by a SavedModel, so many questions at a time.

    Args:
        served: The model.
        options: Its name, and how much is taken on.
    """

    def __init__(self, served: ServedModel, options: ServingOptions) -> None:
        super().__init__(options.name, return_response_headers=True)
        self._served, self._most = served, options.max_batch
        # TensorFlow must not keep the server from listening.
        self.pool = ThreadPoolExecutor(options.concurrency, "answer")
        self.ready = True

    async def predict(
        self,
        payload: Any,
        headers: Mapping[str, str] | None = None,
        response_headers: dict[str, str] | None = None,
    ) -> Any:
        """Returns what a signature says, by either protocol.

        Args:
            payload: `kserve.InferRequest`, or what a body of v1 holds.
            headers: Of the request.
            response_headers: Where to write those of the answer.
        """
        if isinstance(payload, kserve.InferRequest):
            return await self._done(self._infer, payload)
        if response_headers is not None:
            response_headers.update(_JSON)
        return await self._done(self._predict, payload)

    async def explain(
        self, payload: Any, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Returns explanations, as JSON.

        Args:
            payload: What a body of v1 holds.
            headers: Of the request.
        """
        return await self._done(self._explain, payload)

    async def _done(self, work: Callable[[Any], Any], payload: Any) -> Any:
        # Who is given up while it waits is not computed.
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.pool, work, payload)

    def _predict(self, payload: Any) -> bytes:
        asked = v1_question(payload, self._most)
        for name in ("target", "against"):
            if getattr(asked, name) is not None:
                raise InputError(
                    f"`{name}` is for :explain; :predict takes it in each "
                    "instance, with `signature_name` contributions."
                )
        told = self._served.ask(asked.signature, asked.inputs)
        rows = [
            dict(zip(told, row, strict=True))
            for row in zip(*told.values(), strict=True)
        ]
        return _json({"predictions": rows})

    def _explain(self, payload: Any) -> bytes:
        asked = v1_question(payload, self._most)
        if asked.signature != DEFAULT:
            raise InputError(
                "`signature_name` is for :predict; :explain takes `target` "
                "and `against`."
            )
        if len(asked.inputs) != 1:
            raise InputError(
                "`instances` must be images, received "
                f"{', '.join(asked.inputs)[:60]}."
            )
        found = self._served.explain(asked.inputs, asked.target, asked.against)
        return _json({"explanations": found})

    def _infer(self, request: Any) -> Any:
        asked = v2_question(request, self._most)
        told = self._served.ask(asked.signature, asked.inputs)
        outputs = []
        for name, value in told.items():
            kind = _numbers.from_np_dtype(value.dtype)
            made = kserve.InferOutput(name, [*value.shape], kind)
            made.set_data_from_numpy(value, binary_data=True)
            outputs.append(made)
        return kserve.InferResponse(
            response_id=request.id or kserve.utils.generate_uuid(),
            model_name=self.name,
            infer_outputs=outputs,
            requested_outputs=request.request_outputs,
            use_binary_outputs=request.use_binary_outputs,
        )

    def get_input_types(self) -> list[dict[str, Any]]:
        """Returns what the default signature takes, in words of v2."""
        return _tensors(self._served.inputs(DEFAULT))

    def get_output_types(self) -> list[dict[str, Any]]:
        """Returns what the default signature tells, in words of v2."""
        return _tensors(self._served.outputs(DEFAULT))


class Plane(_Plane):
    """Between KServe's addresses and the model, with three things mended."""

    def metadata(self) -> dict[str, Any]:
        """Returns what the server is; it loads no further models."""
        return {**super().metadata(), "extensions": ["binary_tensor_data"]}

    def decode(
        self,
        body: Any,
        headers: Mapping[str, str],
        protocol_version: str = "v1",
        model_name: str = "",
    ) -> Any:
        """Returns a body read, and nothing beside it.

        Args:
            body: As it was sent, or read by FastAPI.
            headers: Of the request.
            protocol_version: `v1` or `v2`.
            model_name: Of the model.

        Raises:
            InputError: If it is no request.
        """
        if isinstance(body, bytes):
            if protocol_version == "v2":
                length = headers.get(_LENGTH)
                return binary_request(body, length, model_name), {}
            # It is read where it keeps nobody waiting.
            return body, {}
        return super().decode(body, headers, protocol_version, model_name)

    async def explain(
        self,
        model_name: str,
        request: Any,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Returns the answer, without the request's own headers.

        KServe's own sends them back, the token among them.

        Args:
            model_name: Of the model.
            request: What a body of v1 holds.
            headers: Of the request.
        """
        answer, _ = await super().explain(
            model_name, request, dict(headers or {})
        )
        return answer, {}

    def encode(
        self, model_name: str, response: Any, headers: Any, req_attributes: Any
    ) -> Any:
        """Returns an answer as it is sent, with its headers.

        Args:
            model_name: Of the model.
            response: JSON as bytes, or `kserve.InferResponse`.
            headers: Not read: events are not answered.
            req_attributes: Not read.
        """
        if isinstance(response, bytes):
            return response, dict(_JSON)
        return super().encode(model_name, response, {}, {})


class OneModel(_Repository):
    """Keeps who asks from loading models, or from taking ours away."""

    async def load(self, model_name: str) -> None:
        """Refuses.

        Args:
            model_name: Of the model.
        """
        raise NotImplementedError("this server has one model, and keeps it.")

    unload = load


def _json(answer: Any) -> bytes:
    return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY)


def _tensors(specs: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "datatype": _numbers.from_np_dtype(
                np.dtype(spec.dtype.as_numpy_dtype)
            ),
            "shape": [-1 if side is None else side for side in spec.shape],
        }
        for name, spec in specs.items()
    ]
