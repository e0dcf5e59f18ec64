"""Rank correlations of what was claimed of parts and what erasure cost."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tf_explainer.evaluation.causal.score_changes import (
    correlations_in_groups,
    means_with_intervals,
)

# Two parts have no order that could be half right.
FEWEST_PARTS = 3
# Who knows nothing of what a part gives to this image's score.
CONTROLS = ("area", "chance")


class Compared(NamedTuple):
    """What was claimed of parts and what their erasure cost.

    Attributes:
        present: bool `(images, parts)`, which parts are in the image.
        claims: Name to float `(images, parts)`.
        lost: Fill to float `(images, parts)`, what the performer's score
            loses without the region; NaN of parts that are not there.
        rescored: The same of the explainer's score.
    """

    present: np.ndarray
    claims: dict[str, np.ndarray]
    lost: dict[str, np.ndarray]
    rescored: dict[str, np.ndarray]


def joined(batches: Sequence[Compared]) -> Compared:
    """Returns batches as one.

    Args:
        batches: One or more, with the same claims and fills.
    """
    first, *_ = batches
    return Compared(
        np.concatenate([batch.present for batch in batches]),
        *(
            {
                name: np.concatenate([batch[field][name] for batch in batches])
                for name in first[field]
            }
            for field in range(1, len(first))
        ),
    )


def fidelity_numbers(compared: Compared, seed: int = 0) -> dict[str, Any]:
    """Returns the rank correlations, see `removal_fidelity`.

    Args:
        compared: What was claimed, and what erasure cost.
        seed: Seed of the bootstrap.
    """
    used = np.flatnonzero(
        np.all([_tells(lost) for lost in compared.lost.values()], axis=0)
    )
    if not len(used):
        return {"images": 0}
    present = compared.present[used]
    image = np.nonzero(present)[0]

    def by_image(claim: np.ndarray, lost: np.ndarray) -> np.ndarray:
        said, cost = claim[used][present], lost[used][present]
        return correlations_in_groups(said, cost, image)

    by_fill = {
        fill: {
            name: by_image(claim, lost)
            for name, claim in {
                **compared.claims,
                "rescoring": compared.rescored[fill],
            }.items()
        }
        for fill, lost in compared.lost.items()
    }
    mean = _over_fills(by_fill)
    above = {
        name: mean["removal"] - mean[name]
        for name in CONTROLS
        if {name, "removal"} <= set(mean)
    }
    return {
        "images": len(used),
        "fills": {
            fill: means_with_intervals(found, seed)
            for fill, found in by_fill.items()
        },
        "mean": means_with_intervals(mean, seed),
        **({"above": means_with_intervals(above, seed)} if above else {}),
    }


def _tells(lost: np.ndarray) -> np.ndarray:
    """Whether an image has an order of its parts, bool `(images,)`."""
    enough = np.isfinite(lost).sum(axis=1) >= FEWEST_PARTS
    least = np.nanmin(np.where(enough[:, None], lost, 0), axis=1)
    most = np.nanmax(np.where(enough[:, None], lost, 0), axis=1)
    return enough & (most > least)


def _over_fills(
    by_fill: Mapping[str, Mapping[str, np.ndarray]],
) -> dict[str, np.ndarray]:
    """Mean over fills of each claim that has a number under all of them."""
    several = list(by_fill.values())
    return {
        name: np.mean([found[name] for found in several], axis=0)
        for name in several[0]
        if all(len(found[name]) for found in several)
    }
