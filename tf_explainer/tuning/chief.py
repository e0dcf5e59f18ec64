"""The chief of a search in several processes: keras-tuner's, but watchful."""

import contextlib
import functools
import hmac
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from keras_tuner.engine.trial import Trial
from keras_tuner.src import protos
from keras_tuner.src.distribute.oracle_chief import OracleServicer

from tf_explainer.errors import InputError
from tf_explainer.tuning.explainer_oracle import ExplainerOracle

KEY, NAME, REASON = "search-key", "worker-name", "reason-bin"
"""What each call of a worker carries beside keras-tuner's own message."""
PREPARES = "it prepares the search"
PATIENCE = 10
"""How much longer chief and workers wait for each other than for an answer."""
_TICK = 0.2
_CALLS = 16


class ChiefServer:
    """Hands the trials of one oracle to workers, until none is left.

    keras-tuner's own server waits for ever for a worker that died; this one
    gives its trial to another. The port is taken at once, so that nothing is
    prepared for an address that is in use; workers are asked to wait until
    `serve`.

    Args:
        host: Where to listen, such as `127.0.0.1`.
        port: TCP port; 0 takes any that is free.
        key: What each worker must know. It keeps out who cannot read the
            folder of the search; what is said is not encrypted.
        timeout: Seconds without news after which a worker is lost.
        lost: Called with the name of each worker that is lost, and its trial.

    Raises:
        InputError: If the port cannot be had.
    """

    def __init__(
        self,
        host: str,
        port: int,
        key: str = "",
        timeout: float = 60.0,
        lost: Callable[[str, Trial | None], None] = lambda name, trial: None,
    ) -> None:
        self.key, self.timeout, self.lost = key, timeout, lost
        self.news: dict[str, float] = {}
        self._closed = threading.Event()
        # One thread alone touches the oracle: keras-tuner's lock is not
        # released where a call fails.
        self._thread = ThreadPoolExecutor(1)
        self._servicer = _Servicer(self)
        self._server = grpc.server(
            ThreadPoolExecutor(_CALLS),
            interceptors=[_Gate(self)],
            # Else two chiefs would share a port, and workers among them.
            options=[("grpc.so_reuseport", 0)],
        )
        protos.get_service_grpc().add_OracleServicer_to_server(
            self._servicer, self._server
        )
        self.host, self.port = host, _bound(self._server, host, port)
        self._server.start()

    @property
    def is_ready(self) -> bool:
        """Whether workers may ask for trials."""
        return self._servicer.oracle is not None

    def serve(
        self,
        oracle: ExplainerOracle,
        told: Callable[[Trial], None] = lambda trial: None,
    ) -> None:
        """Answers until the search is over and each worker knows.

        Args:
            oracle: Who chooses.
            told: Called with each trial as it begins and as it ends.

        Raises:
            InputError: If there is no worker for ten times `timeout`.
        """
        self._servicer.told, self._servicer.oracle = told, oracle
        heard = time.monotonic()
        while not (self._is_over(oracle) and not self.news):
            if self._closed.wait(_TICK):
                return
            if self._servicer.failure is not None:
                raise self._servicer.failure
            for name in self._silent():
                self.lost(name, self._thread.submit(self._drop, name).result())
            heard = time.monotonic() if self.news else heard
            if time.monotonic() - heard > PATIENCE * self.timeout:
                raise InputError(
                    f"No worker has asked the chief at {self.host}:{self.port} "
                    f"for {PATIENCE * self.timeout:g} s. Begin it again with "
                    "--resume, and workers with --worker NAME."
                )

    def close(self) -> None:
        """Answers no more; `serve` ends."""
        self._closed.set()
        self._server.stop(grace=0.5).wait()

    def ask(self, call: Callable[..., Any], *arguments: Any) -> Any:
        """Does a call where alone the oracle is touched.

        Args:
            call: The function.
            *arguments: Its arguments.
        """
        return self._thread.submit(call, *arguments).result()

    def _is_over(self, oracle: ExplainerOracle) -> bool:
        return self._servicer.stop_triggered or self.ask(oracle.is_over)

    def _silent(self) -> list[str]:
        late = time.monotonic() - self.timeout
        return [name for name, at in list(self.news.items()) if at < late]

    def _drop(self, name: str) -> Trial | None:
        self.news.pop(name, None)
        trial = self._servicer.oracle.take_back(name)
        if trial is not None and trial.status == "FAILED":
            self._servicer.told(trial)
        return trial


def _bound(server: grpc.Server, host: str, port: int) -> int:
    with contextlib.suppress(RuntimeError):
        if bound := server.add_insecure_port(f"{host}:{port}"):
            return bound
    raise InputError(
        f"`--chief` must be an address of this machine with a free port, "
        f"received {host}:{port}, which cannot be had."
    )


class _Servicer(OracleServicer):
    """keras-tuner's answers, and what it does not hand on.

    Args:
        server: Whose news it keeps.
    """

    def __init__(self, server: ChiefServer) -> None:
        super().__init__(None)
        self.server = server
        self.told: Callable[[Trial], None] = lambda trial: None
        self.failure: BaseException | None = None

    def CreateTrial(self, request: Any, context: Any) -> Any:
        answer = super().CreateTrial(request, context)
        status = answer.trial.status
        known = protos.get_proto().TrialStatus
        if status == known.STOPPED:
            self.server.news.pop(request.tuner_id, None)
        elif status == known.RUNNING:
            with self._watched():
                self.told(self.oracle.trials[answer.trial.trial_id])
        return answer

    def EndTrial(self, request: Any, context: Any) -> Any:
        trial = Trial.from_proto(request.trial)
        ended = trial.trial_id in self.oracle.end_order
        # keras-tuner's message has no place for it.
        said = dict(context.invocation_metadata()).get(REASON)
        trial.message = said.decode(errors="replace") if said else None
        self.oracle.end_trial(trial)
        if not ended:
            with self._watched():
                self.told(self.oracle.trials[trial.trial_id])
        return protos.get_service().EndTrialResponse()

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except BaseException as error:
            # Of a full disk the chief must know, not the worker.
            self.failure = error
            raise


class _Gate(grpc.ServerInterceptor):
    """Lets in who knows the key, hears news, and keeps the oracle's order.

    Args:
        server: Whose gate it is.
    """

    def __init__(self, server: ChiefServer) -> None:
        self.server = server

    def intercept_service(self, continuation: Any, details: Any) -> Any:
        handler = continuation(details)
        if handler is None:
            return None
        return grpc.unary_unary_rpc_method_handler(
            functools.partial(self._answer, handler.unary_unary),
            handler.request_deserializer,
            handler.response_serializer,
        )

    def _answer(self, call: Callable, request: Any, context: Any) -> Any:
        told = dict(context.invocation_metadata())
        given = str(told.get(KEY, "")).encode()
        if not hmac.compare_digest(given, self.server.key.encode()):
            context.abort(
                grpc.StatusCode.UNAUTHENTICATED,
                "another search has its chief here",
            )
        if not self.server.is_ready:
            context.abort(grpc.StatusCode.UNAVAILABLE, PREPARES)
        if name := told.get(NAME):
            self.server.news[str(name)] = time.monotonic()
        return self.server.ask(call, request, context)
