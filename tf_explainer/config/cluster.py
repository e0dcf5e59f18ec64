"""What the environment variable TF_CONFIG says of the machines.

TensorFlow is not imported here: what is wrong is told at once.
"""

import json
import os
from typing import Any, NamedTuple

from tf_explainer.errors import InputError

VARIABLE = "TF_CONFIG"
_EXAMPLE = (
    '{"cluster": {"worker": ["10.0.0.1:2222", "10.0.0.2:2222"]}, "task": '
    '{"type": "worker", "index": 0}}'
)
_KINDS = ("chief", "worker")


class Task(NamedTuple):
    """This machine among all.

    Attributes:
        kind: `chief` or `worker`.
        number: Its number among those of its kind.
        machines: How many there are.
        is_chief: Whether it writes; without a `chief`, worker 0 does.
    """

    kind: str
    number: int
    machines: int
    is_chief: bool


def told_task() -> Task:
    """Returns what TF_CONFIG says.

    Raises:
        InputError: If it is not set, or says something else.
    """
    text = os.environ.get(VARIABLE, "")
    if not text.strip():
        raise InputError(
            f"`--strategy multiworker` needs {VARIABLE} in the environment of "
            f"each machine, such as {VARIABLE}='{_EXAMPLE}'; received none."
        )
    try:
        told = json.loads(text)
        cluster, task = told["cluster"], told["task"]
        kind, index = str(task["type"]), int(task["index"])
        machines = {name: list(places) for name, places in cluster.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _refused("it must be JSON such as " + _EXAMPLE, text) from error
    others = sorted(set(machines) - set(_KINDS))
    if others or kind not in machines:
        raise _refused(
            "cluster and task must name machines of the kinds chief and "
            "worker alone",
            text,
        )
    if not 0 <= index < len(machines[kind]):
        raise _refused(f"there is no {kind} {index} in its cluster", text)
    chief = kind == "chief" or ("chief" not in machines and index == 0)
    return Task(kind, index, sum(map(len, machines.values())), chief)


def helps_a_chief(strategy: Any) -> bool:
    """Whether this machine works for a chief that writes.

    Args:
        strategy: Value of `--strategy`.

    Raises:
        InputError: See `told_task`.
    """
    return strategy == "multiworker" and not told_task().is_chief


def _refused(why: str, text: str) -> InputError:
    return InputError(
        f"{VARIABLE} does not fit `--strategy multiworker`: {why}; received "
        f"{text}."
    )
