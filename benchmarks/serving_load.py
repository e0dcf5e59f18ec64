"""Asks a server by locust, and compares each answer with the known one.

`benchmarks/serving.py` runs it and says by a file, named in `SERVING_LOAD`,
what is asked; what was found is written beside it.
"""

import itertools
import json
import math
import os
import time
from pathlib import Path

from locust import FastHttpUser, events, task
from locust.exception import StopUser

PLAN = Path(os.environ["SERVING_LOAD"])
ASKED = json.loads(PLAN.read_text(encoding="utf-8"))
NEAR = 1e-3
found = {"asked": 0, "right": 0, "wrong": 0, "lost": 0}
ended = []
ends = [math.inf, 0.0]
turns = itertools.cycle(ASKED["questions"])
bodies = {
    one["body"]: Path(one["body"]).read_bytes() for one in ASKED["questions"]
}


def same(told, known):
    """Whether numbers are near, in lists and dictionaries.

    Args:
        told: An answer.
        known: What it should be.
    """
    if isinstance(known, dict):
        return all(key in told and same(told[key], known[key]) for key in known)
    if isinstance(known, list):
        pairs = zip(told, known, strict=True)
        return len(told) == len(known) and all(same(*pair) for pair in pairs)
    return math.isclose(told, known, rel_tol=NEAR, abs_tol=NEAR)


def rows(answer):
    """The outputs of an answer of either protocol, by name.

    Args:
        answer: What the server said.
    """
    if "predictions" in answer:
        first, *_ = answer["predictions"]
        return {
            name: [row[name] for row in answer["predictions"]] for name in first
        }
    return {one["name"]: one["data"] for one in answer["outputs"]}


def is_right(question, answer):
    """Whether an answer is the known one.

    To the last byte it often is one that was compared before: the less is done
    here, the more of the machine is left to the server.

    Args:
        question: What was asked.
        answer: What the server said.
    """
    seen = question.setdefault("seen", set())
    if answer.content not in seen:
        if not same(rows(answer.json()), question["known"]):
            return False
        seen.add(answer.content)
    return True


class Asker(FastHttpUser):
    """Asks until all was asked, without a pause."""

    network_timeout = connection_timeout = 120

    def on_stop(self):
        """Ends locust with the last of its users."""
        ended.append(self)
        if len(ended) == self.environment.parsed_options.num_users:
            self.environment.runner.quit()

    @task
    def ask(self):
        """Asks once."""
        if found["asked"] >= ASKED["count"]:
            raise StopUser
        found["asked"] += 1
        question = next(turns)
        ends[0] = min(ends[0], time.perf_counter())
        with self.client.post(
            question["path"],
            data=bodies[question["body"]],
            headers=question["headers"],
            catch_response=True,
        ) as answer:
            ends[1] = time.perf_counter()
            if answer.status_code != 200:
                found["lost"] += 1
            elif is_right(question, answer):
                found["right"] += 1
            else:
                found["wrong"] += 1
                answer.failure("another answer")


@events.quitting.add_listener
def tell(environment, **_):
    """Writes what was found.

    Args:
        environment: Of locust.
        **_: Not read.
    """
    total = environment.stats.total
    told = {
        **found,
        "seconds": ends[1] - ends[0],
        "p50_ms": total.get_response_time_percentile(0.5),
        "p99_ms": total.get_response_time_percentile(0.99),
    }
    PLAN.with_suffix(".found").write_text(json.dumps(told), encoding="utf-8")
