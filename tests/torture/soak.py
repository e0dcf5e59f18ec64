"""A server that is asked without a pause by many, and killed meanwhile."""

import contextlib
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.torture.asker import SECRET, Asker, noise_images, same_answers
from tests.torture.more_kills import ended
from tests.torture.processes import Command, work_folder
from tests.torture.promise import Budget, Outcome, promise
from tests.torture.run_folders import finished_run, leftovers, stamps

USERS = 4
_QUICK = 20.0


@promise(
    "soak",
    "A server that is asked without a pause gives no wrong answer, tells "
    "nothing of the machine, lets nobody in without the secret, takes no more "
    "memory, gets no slower, and answers what it has taken before it ends.",
    f"`serve` on this machine: {USERS} users ask at a time, good questions, "
    "bodies that are no JSON, damaged, too long, cut off or slow, image bombs, "
    "other models, no secret and wrong ones; then SIGTERM while 8 questions "
    "are under way.",
    share=4,
    extra="serve",
)
def soak(budget: Budget, draw: random.Random) -> Outcome:
    """One server for all of the time."""
    outcome = Outcome()
    with work_folder() as folder:
        server = served(folder)
        if not server.until("/v1/models/", 120):
            outcome.check(False, f"it did not start: {server.last_line()}")
            return outcome
        asker = Asker(_port(server), noise_images(), outcome)
        noted = _asked_by_many(server, asker, max(budget.left(), _QUICK), draw)
        _ended_under_load(server, asker, outcome)
        alive = server.survivors()
        outcome.check(not alive, f"still there: {alive}")
        outcome.check(b"Traceback" not in server.said, "it told a traceback")
        outcome.noted = noted
    return outcome


@promise(
    "killed serve",
    "A server that is killed under load leaves no process and no file, and "
    "the next one gives the same answers.",
    f"`serve`, asked by {USERS} users without a pause; SIGKILL by turns of "
    "the parent alone and of the group; then the same command, whose answers "
    "are compared with those of the first.",
    share=3,
    extra="serve",
)
def killed_serve(budget: Budget, draw: random.Random) -> Outcome:
    """One server after the other."""
    outcome, known = Outcome(), None
    with work_folder() as folder:
        before = stamps(finished_run())
        for index in budget.cases(2, 20):
            server = served(folder)
            if not server.until("/v1/models/", 120):
                outcome.check(False, f"it did not start: {server.last_line()}")
                break
            # Of what is asked while it is killed, anything may come back.
            asker = Asker(_port(server), noise_images(), Outcome())
            known = known or asker.known
            same = same_answers(asker.known, known)
            outcome.check(same, "another answer than the first server's")
            _killed_under_load(server, asker, draw, alone=index % 2 == 1)
            outcome.cases += 1
            alive = server.survivors()
            outcome.check(not alive, f"still there: {alive}")
        outcome.check(stamps(finished_run()) == before, "the run has changed")
        # The next command clears up after a killed one.
        ended(["options"], folder / "tmp", outcome)
        left = leftovers(folder / "tmp", folder / "tmp")
        outcome.check(not left, f"left behind: {left}")
    return outcome


def served(folder: Path) -> Command:
    """Returns a server of the finished run that wants a secret.

    Args:
        folder: Where the secret is written, and its TMPDIR made.
    """
    (folder / "secret").write_text(SECRET)
    words = ["serve", finished_run(), "--port", 0, "--max-body", 2]
    words += ["--token-file", folder / "secret", "--timeout", 120]
    return Command([*words, "--queue", 1000], folder / "tmp")


def _killed_under_load(
    server: Command, asker: Asker, draw: random.Random, alone: bool
) -> None:
    over = threading.Event()

    def user(seed: float) -> None:
        own = random.Random(seed)
        while not over.is_set():
            own.choice((asker.good, asker.bad))(own)

    with _at_once(user, [draw.random() for _ in range(USERS)]):
        time.sleep(3 * draw.random())
        server.kill(alone)
        over.set()


@contextlib.contextmanager
def _at_once(ask: Callable, users: list) -> Iterator[None]:
    """Lets each user ask beside the block, and waits for all of them."""
    threads = [threading.Thread(target=ask, args=(one,)) for one in users]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


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
            kinds = asker.good, asker.bad, asker.damaged, asker.broken
            own.choices(kinds, (5, 2, 2, 1))[0](own)

    with _at_once(user, [draw.random() for _ in range(USERS)]):
        time.sleep(max(warm - time.monotonic(), 0))
        before, early = server.memory(), list(asker.seconds)
    after, late = server.memory(), asker.seconds[len(early) :]
    grown = 100 * (after / before - 1)
    asker.check(grown <= 5, f"memory grew by {grown:.1f} %")
    slow, slower = _slowest(early), _slowest(late)
    # Of few questions the slowest is luck.
    held = slower <= 2 * slow or len(late) < 200
    asker.check(held, f"p99 was {slow:.2f} s and came to {slower:.2f} s")
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
    with _at_once(asker.good, [random.Random(0)] * 8):
        time.sleep(0.5)
        server.terminate()
    status = server.end(60)
    outcome.check(status == 0, f"SIGTERM: status {status}")
