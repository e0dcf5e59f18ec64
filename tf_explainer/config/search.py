"""What a search does: the options of a run and those of its own."""

import dataclasses
from pathlib import Path

from tf_explainer.config.options import option, retold
from tf_explainer.config.performer import PerformerOptions
from tf_explainer.config.schedule import ScheduleOptions
from tf_explainer.config.settings import Settings

_OWN = "search"


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
    trials: int = option(20, "Settings to try.", _OWN, minimum=1)
    objective: str | None = option(
        None,
        "What to look for, under the limits below: parts that landmarks "
        "confirm, or filters that behave like parts where there are none. The "
        "latter says little about the filter loss equivariant, the default, "
        "which asks for the same, and likes filters that are all alike, so "
        "that --diversity is not searched; benchmarks/results/leaderboard.md "
        "has the correlations.",
        _OWN,
        choices=("skill", "proxy"),
        shown="skill where there are landmarks",
    )
    max_delta_error: float = option(
        1.0,
        "Accuracy that may be lost, in points; each point more costs 0.1 of "
        "skill.",
        _OWN,
    )
    min_p: float = option(
        0.9,
        "Weight that the parts' track must have; each tenth less costs 0.1 "
        "of skill.",
        _OWN,
        minimum=0,
        maximum=1,
    )
    validation_share: float = option(
        0.25,
        "Share of the training images that judges; test images are not read.",
        _OWN,
        minimum=0.01,
        maximum=0.99,
    )
    trial_seeds: int = option(
        1, "Trainings of each trial, whose mean counts.", _OWN, minimum=1
    )
