"""Who asks a server without a pause, rightly and wrongly."""

import base64
import functools
import http.client
import io
import json
import random
import socket
import threading
import time

import numpy as np
from PIL import Image

from tests.torture.bomb_files import png
from tests.torture.mutations import mutated
from tests.torture.promise import Outcome

SECRET = "a-secret-of-the-torture"
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
        self._bomb = _bomb()
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
        same = same_answers(told, self.known[index])
        self.check(same, f"a wrong answer: {str(told)[:80]}")

    def bad(self, draw: random.Random) -> None:
        """A question without an answer: 4xx, and nothing of the machine."""
        status, text = self.ask(
            *draw.choice(
                [
                    (_ADDRESS, b"{", SECRET),
                    (_ADDRESS, b'{"instances": [1]}', SECRET),
                    (_ADDRESS, b'{"instances": []}', SECRET),
                    (_ADDRESS, b"\xff" * 100, SECRET),
                    (_ADDRESS, self._bomb, SECRET),
                    (_ADDRESS, b" " * (3 * 2**20), SECRET),
                    ("/v1/models/../../etc/passwd:explain", b"{}", SECRET),
                    ("/v1/models/other:explain", self._bodies[0], SECRET),
                    (_ADDRESS, self._bodies[0], ""),
                    (_ADDRESS, self._bodies[0], SECRET[:-1]),
                    (_ADDRESS, self._bodies[0], SECRET[1:]),
                ]
            )
        )
        self.check(400 <= status < 500, f"status {status}: {text[:80]}")
        self._check_tells_nothing(text)

    def damaged(self, draw: random.Random) -> None:
        """A question with some faults in it: an answer, or 4xx."""
        body = mutated(draw.choice(self._bodies), self._bodies, draw, True)
        status, text = self.ask(_ADDRESS, body, SECRET)
        fine = status == 200 or 400 <= status < 500
        self.check(fine, f"status {status} for {body[:80]!r}: {text[:80]}")
        self._check_tells_nothing(text)

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

    def _check_tells_nothing(self, text: str) -> None:
        told = [word for word in _LEAKS if word in text]
        self.check(not told, f"an error tells {told}: {text[:120]}")

    def _answer(self, body: bytes) -> object:
        status, text = self.ask(_ADDRESS, body, SECRET)
        return json.loads(text) if status == 200 else f"{status} {text}"

    def check(self, holds: bool, failure: str) -> None:
        """Counts a case, and writes down what does not hold."""
        with self._lock:
            self._outcome.cases += 1
            self._outcome.check(holds, failure)


@functools.cache
def _bomb() -> bytes:
    # Gigabytes of zeros take seconds to pack.
    return _body(png(60_000, 60_000, 8, 0))


def _body(image: bytes) -> bytes:
    encoded = base64.b64encode(image).decode()
    return json.dumps({"instances": [{"b64": encoded}]}).encode()


def same_answers(told: object, known: object) -> bool:
    """Whether two answers are the same but for rounding."""
    if isinstance(known, dict) and isinstance(told, dict):
        return known.keys() == told.keys() and all(
            same_answers(told[key], known[key]) for key in known
        )
    if isinstance(known, list) and isinstance(told, list):
        return len(known) == len(told) and all(map(same_answers, told, known))
    if isinstance(known, float) and isinstance(told, int | float):
        return abs(told - known) <= _NEAR * max(1.0, abs(known))
    return told == known


def noise_images() -> list[bytes]:
    """Four images of noise, of other sizes than the model's."""
    noise, found = np.random.default_rng(0), []
    for index in range(4):
        size = (40 + 9 * index, 60, 3)
        pixels = noise.integers(0, 256, size).astype("uint8")
        Image.fromarray(pixels).save(file := io.BytesIO(), "PNG")
        found.append(file.getvalue())
    return found
