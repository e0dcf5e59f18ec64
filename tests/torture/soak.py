"""A server that is asked without a pause, rightly and wrongly, by many."""

import base64
import http.client
import importlib.util
import io
import json
import random
import socket
import statistics
import threading
import time

import numpy as np
from PIL import Image

from tests.torture.bomb_files import png
from tests.torture.processes import Command, work_folder
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.run_folders import finished_run

SECRET = "a-secret-of-the-torture"
USERS = 4
_QUICK = 20.0
_ADDRESS = "/v1/models/explainer:explain"
_NEAR = 1e-4
_LEAKS = ("Traceback", "/tmp", "/home", "/root", 'File "', "site-packages")


class Asker:
    """Asks one server, and writes down what was wrong with its answers.

    Args:
        port: Where it listens.
        images: Encoded images that it can read.
        outcome: Where faults are written.
    """

    def __init__(self, port: int, images: list[bytes], outcome: Outcome):
        self.port, self._outcome = port, outcome
        self._bodies = [_body(image) for image in images]
        self.known = [self._answer(body) for body in self._bodies]
        self.seconds: list[float] = []
        self._lock = threading.Lock()

    def good(self, draw: random.Random) -> None:
        """A question that has an answer; the same as when nobody else asks."""
        index = draw.randrange(len(self._bodies))
        begun = time.monotonic()
        told = self._answer(self._bodies[index])
        with self._lock:
            self.seconds.append(time.monotonic() - begun)
        same = _same(told, self.known[index])
        self._check(same, f"a wrong answer: {str(told)[:80]}")

    def bad(self, draw: random.Random) -> None:
        """A question without an answer: 4xx, and nothing of the machine."""
        bomb = _body(png(60_000, 60_000, 8, 0))
        status, text = self.ask(
            *draw.choice(
                [
                    (_ADDRESS, b"{", SECRET),
                    (_ADDRESS, b'{"instances": [1]}', SECRET),
                    (_ADDRESS, b'{"instances": []}', SECRET),
                    (_ADDRESS, b"\xff" * 100, SECRET),
                    (_ADDRESS, bomb, SECRET),
                    (_ADDRESS, b" " * (3 * 2**20), SECRET),
                    ("/v1/models/../../etc/passwd:explain", b"{}", SECRET),
                    ("/v1/models/other:explain", self._bodies[0], SECRET),
                    (_ADDRESS, self._bodies[0], ""),
                    (_ADDRESS, self._bodies[0], SECRET[:-1]),
                    (_ADDRESS, self._bodies[0], SECRET[1:]),
                ]
            )
        )
        self._check(400 <= status < 500, f"status {status}: {text[:80]}")
        told = [word for word in _LEAKS if word in text]
        self._check(not told, f"an error tells {told}: {text[:120]}")

    def broken(self, draw: random.Random) -> None:
        """Who hangs up in the middle, or sends next to nothing for a while."""
        with socket.create_connection(("127.0.0.1", self.port), 10) as raw:
            head = f"POST {_ADDRESS} HTTP/1.1\r\nHost: x\r\n"
            head += f"Authorization: Bearer {SECRET}\r\n"
            head += f"Content-Length: {len(self._bodies[0])}\r\n\r\n"
            whole = head.encode() + self._bodies[0]
            raw.sendall(whole[: draw.randrange(1, len(whole))])
            time.sleep(draw.random())

    def ask(self, path: str, body: bytes, secret: str) -> tuple[int, str]:
        """Returns status and text of an answer; 0 if there is none."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json"}
        if secret:
            headers["Authorization"] = f"Bearer {secret}"
        try:
            link.request("POST", path, body, headers)
            answer = link.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException) as error:
            # A body that is too long may be refused before all of it is sent.
            return (413 if len(body) > 2**20 else 0), repr(error)
        finally:
            link.close()

    def _answer(self, body: bytes) -> object:
        status, text = self.ask(_ADDRESS, body, SECRET)
        return json.loads(text) if status == 200 else f"{status} {text}"

    def _check(self, holds: bool, failure: str) -> None:
        with self._lock:
            self._outcome.cases += 1
            self._outcome.check(holds, failure)


def _body(image: bytes) -> bytes:
    encoded = base64.b64encode(image).decode()
    return json.dumps({"instances": [{"b64": encoded}]}).encode()


def _same(told: object, known: object) -> bool:
    """Whether two answers are the same but for rounding."""
    if isinstance(known, dict) and isinstance(told, dict):
        return known.keys() == told.keys() and all(
            _same(told[key], known[key]) for key in known
        )
    if isinstance(known, list) and isinstance(told, list):
        return len(known) == len(told) and all(map(_same, told, known))
    if isinstance(known, float) and isinstance(told, int | float):
        return abs(told - known) <= _NEAR * max(1.0, abs(known))
    return told == known


@promise(
    "soak",
    "A server that is asked without a pause gives no wrong answer, tells "
    "nothing of the machine, lets nobody in without the secret, takes no more "
    "memory, gets no slower, and answers what it has taken before it ends.",
    f"`serve` on this machine: {USERS} users ask at a time, good questions, "
    "bodies that are no JSON, too long, cut off or slow, image bombs, other "
    "models, no secret and wrong ones; then SIGTERM while 8 questions are "
    "under way.",
    share=4,
)
def soak(budget: Budget, draw: random.Random) -> Outcome:
    """One server for all of the time."""
    if importlib.util.find_spec("kserve") is None:
        return Outcome(skipped="needs the extra [serve]")
    outcome, run = Outcome(), finished_run()
    with work_folder() as folder:
        (folder / "secret").write_text(SECRET)
        words = ["serve", run, "--port", 0, "--max-body", 2]
        words += ["--token-file", folder / "secret", "--timeout", 120]
        words += ["--queue", 1000]
        server = Command(words, folder / "tmp")
        if not server.until("/v1/models/", 120):
            outcome.check(False, f"it did not start: {server.last_line()}")
            return outcome
        asker = Asker(_port(server), _images(), outcome)
        noted = _asked_by_many(server, asker, max(budget.left(), _QUICK), draw)
        _ended_under_load(server, asker, outcome)
        alive = server.survivors()
        outcome.check(not alive, f"still there: {alive}")
        outcome.check(b"Traceback" not in server.said, "it told a traceback")
        outcome.noted = noted
    return outcome


def _images() -> list[bytes]:
    """Four images of noise, of other sizes than the model's."""
    noise, found = np.random.default_rng(0), []
    for index in range(4):
        size = (40 + 9 * index, 60, 3)
        pixels = noise.integers(0, 256, size).astype("uint8")
        Image.fromarray(pixels).save(file := io.BytesIO(), "PNG")
        found.append(file.getvalue())
    return found


def _port(server: Command) -> int:
    server.until("\n", 10)
    text = server.said.decode().split("http://127.0.0.1:")[1]
    return int(text.split("/")[0])


def _asked_by_many(
    server: Command, asker: Asker, seconds: float, draw: random.Random
) -> str:
    """Asks until the time is over; returns memory and waiting in words."""
    ends = time.monotonic() + seconds
    warm = time.monotonic() + seconds / 3

    def user(seed: float) -> None:
        own = random.Random(seed)
        while time.monotonic() < ends:
            kind = own.choices(
                (asker.good, asker.bad, asker.broken), (6, 3, 1)
            )[0]
            kind(own)

    users = [
        threading.Thread(target=user, args=(draw.random(),))
        for _ in range(USERS)
    ]
    for one in users:
        one.start()
    time.sleep(max(warm - time.monotonic(), 0))
    before, early = server.memory(), list(asker.seconds)
    for one in users:
        one.join()
    after, late = server.memory(), asker.seconds[len(early) :]
    grown = 100 * (after / before - 1)
    asker._check(grown <= 5, f"memory grew by {grown:.1f} %")
    slow, slower = _slowest(early), _slowest(late)
    # Of few questions the slowest is luck.
    held = slower <= 2 * slow or len(late) < 200
    asker._check(held, f"p99 was {slow:.2f} s and came to {slower:.2f} s")
    return (
        f"memory {before:.0f} MiB, then {grown:+.1f} %; p99 {slow:.2f} s, "
        f"then {slower:.2f} s"
    )


def _slowest(seconds: list[float]) -> float:
    if len(seconds) < 2:
        return sum(seconds)
    return statistics.quantiles(seconds, n=100, method="inclusive")[98]


def _ended_under_load(server: Command, asker: Asker, outcome: Outcome) -> None:
    """What was sent before SIGTERM is answered."""
    draw = random.Random(0)
    users = [
        threading.Thread(target=asker.good, args=(draw,)) for _ in range(8)
    ]
    for one in users:
        one.start()
    time.sleep(0.5)
    server.terminate()
    for one in users:
        one.join()
    status = server.end(60)
    outcome.check(status == 0, f"SIGTERM: status {status}")
