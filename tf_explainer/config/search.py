"""What a search for settings does, and with how many processes."""

import dataclasses
import os
import re
from collections.abc import Mapping
from pathlib import Path

from tf_explainer.config.options import option, option_name, retold
from tf_explainer.config.performer import PerformerOptions
from tf_explainer.config.schedule import ScheduleOptions
from tf_explainer.config.settings import Settings
from tf_explainer.errors import InputError

ORACLES = ("bayesian", "random", "hyperband")
"""Who chooses the settings of the next trial, in keras-tuner's words."""
OF_ONE_CALL = ("chief", "worker", "worker_timeout")
"""What each process is told for itself: no part of the search."""
OF_HYPERBAND = ("hyperband_iterations", "hyperband_factor")
LOOPBACK = "127.0.0.1"
_SEARCH, _WORKERS = "search", "workers"


@dataclasses.dataclass(frozen=True)
class TuneSettings(Settings):
    """Settings of `tf-explainer tune`.

    An option of the explainer that the user gives is not searched.
    """

    # Here the number of images does not decide.
    epochs: int = retold(ScheduleOptions, "epochs", shown="")
    performer: Path | None = retold(
        PerformerOptions,
        "performer",
        help="Trained Keras model (.keras) to explain. If it learned from all "
        "training images, it knows those that judge, and accuracy lost there "
        "is not what it is on new images.",
        shown="train one on the others",
    )
    oracle: str = option(
        ORACLES[0],
        "Who chooses the next settings: a Gaussian process of the trials so "
        "far, chance, or chance with few epochs at first and more for those "
        "that do best.",
        _SEARCH,
        choices=ORACLES,
    )
    trials: int = option(
        20,
        "Settings to try; with --oracle hyperband --epochs say how many.",
        _SEARCH,
        minimum=1,
        maximum=100_000,
    )
    hyperband_iterations: int = option(
        1,
        "How often --oracle hyperband goes through all of its rungs.",
        _SEARCH,
        minimum=1,
        maximum=1000,
        advanced=True,
    )
    hyperband_factor: int = option(
        3,
        "Of as many settings --oracle hyperband keeps one for its next rung, "
        "with as many times the epochs.",
        _SEARCH,
        minimum=2,
        maximum=100,
        advanced=True,
    )
    objective: str | None = option(
        None,
        "What to look for, under the limits below: parts that landmarks "
        "confirm one to one, or contributions that erased regions confirm; "
        "without parts filters that landmarks confirm (skill), or that behave "
        "like parts (proxy). The proxy says little about the filter loss "
        "equivariant, which asks for the same, and likes filters that are all "
        "alike, so that --diversity is not searched.",
        _SEARCH,
        choices=("one_to_one", "fidelity", "skill", "proxy"),
        shown="one_to_one where there are landmarks, else fidelity",
    )
    max_delta_error: float = option(
        1.0,
        "Accuracy that may be lost, in points; each point more costs 0.1 of "
        "skill.",
        _SEARCH,
        minimum=-100,
        maximum=100,
    )
    min_p: float = option(
        0.9,
        "Weight that the parts' track must have; each tenth less costs 0.1 "
        "of skill.",
        _SEARCH,
        minimum=0,
        maximum=1,
    )
    validation_share: float = option(
        0.25,
        "Share of the training images that judges; test images are not read.",
        _SEARCH,
        minimum=0.01,
        maximum=0.99,
    )
    trial_seeds: int = option(
        1,
        "Trainings of each trial, whose mean counts.",
        _SEARCH,
        minimum=1,
        maximum=1000,
    )
    chief: str | None = option(
        None,
        "Lead a search of several processes at this HOST:PORT, or PORT alone "
        "of this machine, to which the workers connect; with --worker where "
        "its chief is.",
        _WORKERS,
        shown="with --worker what the chief wrote into --out",
    )
    worker: str | None = option(
        None,
        "Do trials for the chief of the search in --out, under this name.",
        _WORKERS,
    )
    worker_timeout: float = option(
        60.0,
        "Seconds without news after which a worker is taken for lost, and its "
        "trial is given to another one. Ten times as long chief and workers "
        "wait for each other.",
        _WORKERS,
        minimum=1,
        maximum=604_800,
        advanced=True,
    )

    def __post_init__(self) -> None:
        trials = self.trials
        alone = [name for name in OF_HYPERBAND if getattr(self, name)]
        super().__post_init__()
        _check_oracle(self, trials, alone)
        if self.worker is not None:
            check_worker(self.worker)
        if self.chief is not None:
            address(self.chief, listens=self.worker is None)


def _check_oracle(
    settings: TuneSettings, trials: int | None, given: list[str]
) -> None:
    hyperband = settings.oracle == "hyperband"
    if hyperband and trials is not None:
        raise InputError(
            "`--trials` is worked out by --oracle hyperband from --epochs; "
            f"leave it out, received --trials {trials}. More of them are had "
            "by --hyperband-iterations."
        )
    for name in given if not hyperband else ():
        raise InputError(
            f"`{option_name(name)}` is for --oracle hyperband, received "
            f"--oracle {settings.oracle}."
        )


def refuse_environment(names: Mapping[str, str] = os.environ) -> None:
    """Refuses keras-tuner's own variables, which would make it wait.

    Args:
        names: Variables of the environment.

    Raises:
        InputError: If one of them says who this process is.
    """
    for name in sorted(names):
        if name.startswith(("KERASTUNER_ORACLE_", "KERASTUNER_TUNER_ID")):
            raise InputError(
                f"The environment has {name}, received {names[name]}. Unset "
                "it, and say --chief HOST:PORT or --worker NAME."
            )


_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def check_worker(name: str) -> None:
    """Refuses names that cannot be told from others.

    Args:
        name: Of a worker.

    Raises:
        InputError: If it is no short word, or holds `chief`, by which
            keras-tuner knows its chief.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            "`--worker` must be a name of letters, digits, `.`, `_` and `-`, "
            f"64 at most, received {name!r}."
        )
    if "chief" in name:
        raise InputError(
            "`--worker` must not hold the word chief, by which keras-tuner "
            f"knows the chief; received {name!r}."
        )


def address(text: str, listens: bool = True) -> tuple[str, int]:
    """Returns host and port of a chief.

    Args:
        text: `HOST:PORT`, or `PORT` for this machine alone; a host with
            colons stands in brackets.
        listens: Whether it is where to listen, and not where to connect:
            then port 0 takes any that is free.

    Raises:
        InputError: If it is no address.
    """
    host, _, port = text.rpartition(":")
    known = port.isascii() and port.isdigit() and int(port) < 2**16
    bare = ":" in host and not re.fullmatch(r"\[[0-9A-Fa-f:.]+\]", host)
    if not known or bare or re.search(r"[\s/]", host):
        raise InputError(
            "`--chief` must be HOST:PORT or PORT, such as 127.0.0.1:8000, "
            f"received {text!r}."
        )
    if not int(port) and not listens:
        raise InputError(
            "`--chief` must name the port of the chief, received port 0."
        )
    return host or LOOPBACK, int(port)
