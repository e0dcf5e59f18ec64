"""A server that answers KServe's protocols about one explainer."""

import contextlib
import ipaddress
import logging
import os
import socket
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tf_explainer.config.serving import TOKEN_VARIABLE, ServingOptions
from tf_explainer.errors import InputError
from tf_explainer.serving.interface import kserve_api
from tf_explainer.serving.served_model import ServedModel

LEAST_TOKEN = 16
_LONGEST = 400
_log = logging.getLogger(__name__)


def application(
    served: ServedModel, options: ServingOptions, token: str | None = None
) -> Any:
    """Returns the server as an ASGI application.

    Args:
        served: The model.
        options: Its name, and how much is taken on.
        token: Secret that is to be shown; `None` for none.

    Raises:
        InputError: If KServe is not installed.

    Source:
        `kserve.protocol.rest.server.RESTServer`, which listens on all
        addresses.
    """
    kserve = kserve_api()
    rest = kserve_api("kserve.protocol.rest.server")
    # They need KServe.
    from tf_explainer.serving.kserve_model import KServeModel, OneModel, Plane
    from tf_explainer.serving.request_limits import RequestLimits

    models = kserve.ModelRepository()
    models.update(KServeModel(served, options))
    plane, one = Plane(models), OneModel(models)
    app = rest.fastapi.FastAPI(
        title="tf_explainer", openapi_url=None, docs_url=None, redoc_url=None
    )
    app.add_api_route("/", plane.live)
    app.add_api_route("/metrics", rest.metrics_handler)
    rest.register_v1_endpoints(app, plane, one)
    rest.register_v2_endpoints(app, plane, one)
    _tell_errors(app, rest)
    return RequestLimits(app, options, token)


def _tell_errors(app: Any, rest: Any) -> None:
    """Says what is wrong in one line, and never where in our code."""
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException

    def say(status: int | None, reason: Callable[[Any], str] = str) -> Any:
        async def handler(_: Any, error: Any) -> Any:
            code = status or error.status_code
            return rest.fastapi.responses.JSONResponse(
                {"error": reason(error)}, code
            )

        return handler

    for kind, status in (
        (InputError, 400),
        (rest.InvalidInput, 400),
        (rest.ModelNotFound, 404),
        (rest.ModelNotReady, 503),
        (NotImplementedError, 501),
    ):
        app.add_exception_handler(kind, say(status, _line))
    app.add_exception_handler(HTTPException, say(None, lambda e: e.detail))
    app.add_exception_handler(RequestValidationError, say(400, _unfit))
    app.add_exception_handler(Exception, say(500, _fault))


def _line(error: Exception) -> str:
    line = " ".join(str(error).split())
    # It may name all classes, and what was received stands at its end.
    short = len(line) <= _LONGEST
    return line if short else f"{line[:_LONGEST]} … {line[-_LONGEST // 4 :]}"


def _unfit(error: Any) -> str:
    """Where a body is no request; it is not sent back."""
    first = error.errors()[0]
    place = ".".join(str(step) for step in first["loc"][1:])
    return f"the body is no request: {place[:60]}: {first['msg'][:120]}"


def _fault(error: Exception) -> str:
    number = uuid.uuid4().hex[:8]
    _log.error("fault %s", number, exc_info=error)
    return f"a fault of the server, which its log tells as {number}"


def read_token(options: ServingOptions) -> str | None:
    """Returns the secret that is to be shown; `None` for none.

    Args:
        options: With `token_file`, and whether there must be one.

    Raises:
        InputError: If it cannot be read or is too short, or there is one that
            is not wanted.
    """
    given, source = os.environ.get(TOKEN_VARIABLE), TOKEN_VARIABLE
    if options.token_file is not None:
        source = "--token-file"
        try:
            given = Path(options.token_file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            told = getattr(error, "strerror", None) or "it is no text"
            raise InputError(
                f"`--token-file` cannot be read, received "
                f"{options.token_file}: {told}."
            ) from error
    if given is None:
        return None
    if not options.token:
        raise InputError(
            f"`--no-token` lets everybody ask, and `{source}` has a secret: "
            "received both."
        )
    token = given.strip()
    if len(token) < LEAST_TOKEN or not token.isascii() or " " in token:
        raise InputError(
            f"`{source}` must hold {LEAST_TOKEN} characters or more, ASCII and "
            f"no spaces, received {len(token)}. For example: openssl rand "
            "-hex 32"
        )
    return token


def listening_socket(
    options: ServingOptions, token: str | None
) -> socket.socket:
    """Returns a socket that listens where the options say.

    Args:
        options: With `host` and `port`.
        token: Secret that is to be shown; `None` for none.

    Raises:
        InputError: If the place is taken or there is none, or if other
            machines could ask without a secret.
    """
    try:
        found = socket.getaddrinfo(
            options.host, options.port, type=socket.SOCK_STREAM
        )
    except OSError as error:
        raise InputError(
            f"`--host` must be an address of this machine, received "
            f"{options.host}."
        ) from error
    family, *_, address = found[0]
    if options.token and token is None and not _is_loopback(str(address[0])):
        raise InputError(
            f"`--host` {options.host} lets other machines ask, and no secret "
            f"is set: give --token-file or set {TOKEN_VARIABLE}, or say "
            "--no-token."
        )
    try:
        return socket.create_server(address[:2], family=family, backlog=128)
    except OSError as error:
        raise InputError(
            f"`--host` {options.host} and `--port` {options.port} cannot be "
            f"listened on: {error.strerror}."
        ) from error


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def server_of(app: Any, options: ServingOptions) -> Any:
    """Returns a `uvicorn.Server`, which has not begun.

    When it is told to exit, it answers what was taken first. It leaves
    signals to who runs it.

    Args:
        app: See `application`.
        options: With the time that an answer may take.
    """
    uvicorn = kserve_api("uvicorn")
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        # It bounds headers, which the other one does not.
        http="h11",
        timeout_graceful_shutdown=int(options.timeout) + 2,
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext
    return server
