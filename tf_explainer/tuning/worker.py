"""A worker of a search in several processes."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc
from keras_tuner.engine.trial import Trial
from keras_tuner.errors import FatalError
from keras_tuner.src import protos
from keras_tuner.src.distribute.oracle_client import OracleClient

from tf_explainer.errors import InputError
from tf_explainer.tuning.chief import KEY, NAME, PREPARES, REASON

# News in so many parts of the time after which a worker is lost.
_NEWS = 5
_IDLE = 1.0
_LONGEST_REASON = 1000
READY, NO_ANSWER = "it is ready", "no answer yet"


class ChiefLost(InputError, FatalError):
    """The chief does not answer; no trial can be blamed for it."""


class ChiefCalls:
    """The calls of a chief, each with name and key, and bounded in time.

    Args:
        address: `HOST:PORT` of the chief.
        name: keras-tuner's id of this worker.
        key: That of the search, see `ChiefServer`.
        timeout: Seconds to wait for an answer.
    """

    def __init__(
        self, address: str, name: str, key: str = "", timeout: float = 60.0
    ) -> None:
        self.address, self.timeout = address, timeout
        self.reason = ""
        self._told = ((KEY, key), (NAME, name))
        self._channel = grpc.insecure_channel(address)
        self._stub = protos.get_service_grpc().OracleStub(self._channel)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        call = getattr(self._stub, name)

        def ask(request: Any, **own: Any) -> Any:
            # keras-tuner waits for an hour.
            del own
            try:
                return self.answer(call, request)
            except grpc.RpcError as error:
                raise self._lost(error) from error

        return ask

    def answer(self, call: Any, request: Any) -> Any:
        """Returns the chief's answer to one call.

        Args:
            call: A method of keras-tuner's stub.
            request: Its message.
        """
        reason = ((REASON, self.reason.encode()),) if self.reason else ()
        return call(
            request,
            timeout=self.timeout,
            wait_for_ready=True,
            metadata=self._told + reason,
        )

    def state(self) -> str:
        """Returns what the chief is doing, in one of three phrases.

        Raises:
            InputError: If it is that of another search.
        """
        request = protos.get_service().GetSpaceRequest()
        told = self._told[:1]
        try:
            self._stub.GetSpace(request, timeout=self.timeout, metadata=told)
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNAUTHENTICATED:
                raise self._lost(error) from error
            said = error.code() == grpc.StatusCode.UNAVAILABLE
            prepares = said and PREPARES in (error.details() or "")
            return PREPARES if prepares else NO_ANSWER
        return READY

    def close(self) -> None:
        """Asks no more."""
        self._channel.close()

    @contextlib.contextmanager
    def news(self, trial_id: str) -> Iterator[None]:
        """Lets the chief know that a trial is at work, while a block runs.

        Args:
            trial_id: The trial.
        """
        over = threading.Event()
        request = protos.get_service().GetTrialRequest(trial_id=trial_id)

        def tell() -> None:
            while not over.wait(self.timeout / _NEWS):
                # A chief that is gone is met by the next call.
                with contextlib.suppress(grpc.RpcError):
                    self.answer(self._stub.GetTrial, request)

        thread = threading.Thread(target=tell, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()

    def _lost(self, error: Any) -> ChiefLost:
        if error.code() == grpc.StatusCode.UNAUTHENTICATED:
            return ChiefLost(
                f"`--chief` at {self.address} leads another search than that "
                "in `--out`."
            )
        return ChiefLost(
            f"The chief at {self.address} is lost ({error.code().name}: "
            f"{error.details()}). Begin it again with --resume, then this "
            "worker."
        )


class WorkerOracle(OracleClient):
    """What a tuner asks for trials: the chief's oracle.

    Args:
        oracle: keras-tuner's own of this process, of which the objective is
            read.
        calls: How the chief is asked.
    """

    def __init__(self, oracle: Any, calls: ChiefCalls) -> None:
        super().__init__(oracle)
        self.stub = calls

    def create_trial(self, tuner_id: str) -> Trial:
        """Returns the next trial; where it says to wait, after a while.

        Args:
            tuner_id: Who asks.
        """
        trial = super().create_trial(tuner_id)
        if trial.status == "IDLE":
            time.sleep(_IDLE)
        return trial

    def end_trial(self, trial: Trial) -> None:
        """Tells how a trial ended, and why if it failed.

        Args:
            trial: With its status.
        """
        lines = (trial.message or "").strip().splitlines()[-1:]
        self.stub.reason = "".join(lines)[:_LONGEST_REASON]
        try:
            super().end_trial(trial)
        finally:
            self.stub.reason = ""
