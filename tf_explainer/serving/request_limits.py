"""What a server refuses before it reads what is asked."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from prometheus_client import Counter, Gauge

from tf_explainer.config.serving import ServingOptions

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

ANSWERED = Counter(
    "tf_explainer_requests", "Requests to the model, answered", ["status"]
)
IN_FLIGHT = Gauge(
    "tf_explainer_requests_in_flight", "Requests that are read or answered"
)
# Whether it lives says nothing that is secret, and a cluster has no token.
OPEN = ("/", "/v2/health/live", "/v2/health/ready")
_MIB = 2**20
_AGAIN = 1


class _Refused(Exception):
    """A request is not taken.

    Args:
        status: Of HTTP.
        reason: What who asks is told.
        headers: Of the answer.
    """

    def __init__(self, status: int, reason: str, **headers: str) -> None:
        super().__init__(reason)
        self.status, self.reason, self.headers = status, reason, headers


class _Gone(Exception):
    """Nobody waits for the answer."""


class RequestLimits:
    """ASGI middleware: token, number of requests, size of bodies, time.

    A request is counted from its first byte, so that neither bodies nor
    answers can pile up.

    Args:
        app: The server behind it.
        options: How much is taken on.
        token: Secret that is to be shown; `None` for none.
    """

    def __init__(
        self, app: App, options: ServingOptions, token: str | None
    ) -> None:
        self._app, self._options = app, options
        self._token = None if token is None else f"Bearer {token}".encode()
        self._most = options.concurrency + options.queue
        self._taken = 0

    async def __call__(
        self, scope: Message, receive: Receive, send: Send
    ) -> None:
        """Answers a request, or hands it on.

        Args:
            scope: Of ASGI.
            receive: Of ASGI.
            send: Of ASGI.
        """
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {name.lower(): value for name, value in scope["headers"]}
        try:
            self._check_token(scope, headers)
            if scope["method"] in ("GET", "HEAD"):
                await self._app(scope, receive, send)
            else:
                await self._take(scope, headers, receive, send)
        except _Refused as refused:
            await _refuse(send, refused)

    def _check_token(
        self, scope: Message, headers: Mapping[bytes, bytes]
    ) -> None:
        if self._token is None or scope["path"] in OPEN:
            return
        shown = headers.get(b"authorization", b"")
        # In constant time: how long it takes must not tell how much is right.
        if not hmac.compare_digest(shown, self._token):
            raise _Refused(
                401,
                "the header Authorization: Bearer SECRET is missing or wrong",
                **{"www-authenticate": "Bearer"},
            )

    async def _take(
        self,
        scope: Message,
        headers: Mapping[bytes, bytes],
        receive: Receive,
        send: Send,
    ) -> None:
        told = _Told(send)
        self._taken += 1
        IN_FLIGHT.inc()
        try:
            if self._taken > self._most:
                raise _Refused(
                    503,
                    f"{self._most} requests are waiting already; ask again",
                    **{"retry-after": str(_AGAIN)},
                )
            await self._answer(scope, headers, receive, told)
        except _Gone:
            return
        except _Refused as refused:
            await _refuse(told, refused)
        finally:
            self._taken -= 1
            IN_FLIGHT.dec()
            ANSWERED.labels(told.status or "none").inc()

    async def _answer(
        self,
        scope: Message,
        headers: Mapping[bytes, bytes],
        receive: Receive,
        told: "_Told",
    ) -> None:
        """Within the time, or not at all."""
        seconds, reading = self._options.timeout, True
        try:
            async with asyncio.timeout(seconds) as deadline:
                body = await self._read(headers, receive)
                reading = False
                told.on_start = lambda: _prolong(deadline, seconds)
                await self._app(scope, _replayed(body, receive), told)
        except TimeoutError:
            if told.status:
                # Who does not take the answer loses it: the server closes.
                return
            told.on_start = None
            late = "the body was not complete" if reading else "no answer"
            status = 408 if reading else 504
            raise _Refused(status, f"{late} within {seconds:g} s") from None

    async def _read(
        self, headers: Mapping[bytes, bytes], receive: Receive
    ) -> bytes:
        if _is_event(headers):
            raise _Refused(415, "CloudEvents are not read; send plain JSON")
        largest = self._options.max_body * _MIB
        large = _Refused(
            413, f"the body may have {self._options.max_body} MiB at most"
        )
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > largest:
            raise large
        parts, size, more = [], 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise _Gone
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > largest:
                raise large
            more = message.get("more_body", False)
        return b"".join(parts)


class _Told:
    """Sends an answer, and knows whether it has begun.

    Args:
        send: Of ASGI.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self.status = 0
        self.on_start: Callable[[], None] | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            if self.on_start is not None:
                self.on_start()
        await self._send(message)


def _prolong(deadline: asyncio.Timeout, seconds: float) -> None:
    """From here on it is who asks that may be slow."""
    now = asyncio.get_running_loop().time()
    if not deadline.expired():
        deadline.reschedule(now + seconds)


def _is_event(headers: Mapping[bytes, bytes]) -> bool:
    kind = headers.get(b"content-type", b"")
    return b"cloudevents" in kind or any(
        name.startswith(b"ce-") for name in headers
    )


def _replayed(body: bytes, receive: Receive) -> Receive:
    whole: list[Message] = [
        {"type": "http.request", "body": body, "more_body": False}
    ]

    async def replay() -> Message:
        return whole.pop() if whole else await receive()

    return replay


async def _refuse(send: Send, refused: _Refused) -> None:
    body = json.dumps({"error": refused.reason}).encode()
    headers = {
        "content-type": "application/json",
        "content-length": str(len(body)),
        # What is left of the body is not read.
        "connection": "close",
        **refused.headers,
    }
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    start = {"type": "http.response.start", "status": refused.status}
    await send({**start, "headers": told})
    await send({"type": "http.response.body", "body": body})
