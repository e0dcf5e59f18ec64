"""Whether parts give what erasing their regions in the image costs."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.evaluation.causal.compared import (
    Compared,
    fidelity_numbers,
    joined,
)
from tf_explainer.evaluation.causal.erasing import FILLS, erased
from tf_explainer.evaluation.causal.regions import (
    REGION_CLAIMS,
    Regions,
    region_claims,
)
from tf_explainer.evaluation.causal.score_changes import Seen, see
from tf_explainer.evaluation.sampling import exchanged_images
from tf_explainer.evaluation.sources import pictures_of
from tf_explainer.explainer import Explainer


def removal_fidelity(
    explainer: Explainer,
    split: Any,
    images: int = 128,
    fills: Sequence[str] | None = None,
    batch_size: int = 32,
    seed: int = 0,
    claims: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Compares what parts are said to give with what erasing them costs.

    The region of each part that is in an image is erased there, and the
    performer looks again. The score is that of the category which it gave the
    highest score before, less the mean of all categories', before the
    softmax. For each image the rank correlation, over its parts, of what is
    claimed and what the score loses; images in which fewer than three parts
    are present, or in which no region makes a difference, are left out.

    Args:
        explainer: A trained `Explainer` with parts.
        split: Images `(images, H, W, 3)` as the performer takes them, or a
            `PartSplit`, whose labels and landmarks are not read.
        images: Most images to take, spread evenly over all.
        fills: What regions are filled with, names in `FILLS`; `None` for all
            of them. One that training did not see is a held-out one.
        batch_size: Most images that the performer sees at a time.
        seed: Seed of the exchange of images and of the bootstrap.
        claims: Who is asked, names in `region_claims`; `None` for all.

    Returns:
        JSON values. `images`, how many counted. `fills`, fill to who claims
        to mean over images: those of `region_claims`; `rescoring`, what the
        explainer's own score loses in the same erased image, which looks at
        it again and so is no claim on the image as it was; and `chance`,
        `removal` of another image, which knows the usual order of the parts
        alone. Each with its 95 % bootstrap interval over images beside it,
        `<name>_interval`. `mean`, the same over fills. `above`, how far
        `removal` lies above its controls `area` and `chance`, image by image.
        Only the count if no image counts.

    Raises:
        InputError: If the explainer has no parts, if no fill or claim or an
            unknown one is named, or if the images do not fit the performer.

    Source:
        Ours; Samek et al. 2017, "Evaluating the visualization of what a deep
        neural network has learned", for erasing regions to judge a claim, and
        Spearman 1904 for the correlation.
    """
    _check_parts(explainer)
    filled = chosen_names("fills", fills, FILLS.names())
    asked = chosen_names("claims", claims, REGION_CLAIMS)
    pictures = pictures_of(explainer, split, images, "split")
    circle = np.zeros(len(pictures), int)
    others = exchanged_images(circle, np.random.default_rng(seed))
    look = see(explainer, batch_size)
    compared = joined(
        [
            _compared(explainer, look, *pair, filled, asked, batch_size)
            for pair in batches_of_pairs(pictures, others, batch_size)
        ]
    )
    if len(pictures) > 1 and "removal" in compared.claims:
        compared.claims["chance"] = compared.claims["removal"][others]
    return fidelity_numbers(compared, seed)


def _check_parts(explainer: Explainer) -> None:
    if not explainer.encoder.parts:
        raise InputError(
            "`explainer` must have parts, whose regions are erased; received "
            "one in which each filter is a part of its own."
        )


def chosen_names(
    argument: str, names: Sequence[str] | None, known: Iterable[str]
) -> tuple[str, ...]:
    """Returns the names that are asked for, all if none are given.

    Args:
        argument: What the names are given as, for messages.
        names: A list of one or more, or `None`.
        known: All that there are.

    Raises:
        InputError: If there is none, or an unknown one.
    """
    every = tuple(known)
    chosen = every if names is None else tuple(names)
    if isinstance(names, str) or not chosen or set(chosen) - set(every):
        raise InputError(
            f"`{argument}` must be a list of one or more of {list(every)}, "
            f"received {names!r}."
        )
    return chosen


def batches_of_pairs(
    pictures: np.ndarray, others: np.ndarray, batch_size: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields batches of images and another one beside each, float32.

    Args:
        pictures: `(images, H, W, 3)`.
        others: int `(images,)`, which one stands beside each.
        batch_size: Images a batch.
    """
    for start in range(0, len(pictures), batch_size):
        here = slice(start, start + batch_size)
        beside = pictures[others[here]]
        yield pictures[here].astype(np.float32), beside.astype(np.float32)


def _compared(
    explainer: Explainer,
    look: Callable[[np.ndarray], Seen],
    images: np.ndarray,
    beside: np.ndarray,
    fills: Sequence[str],
    asked: Sequence[str],
    batch_size: int,
) -> Compared:
    """One batch of images."""
    whole = look(images)
    categories = whole.logits.argmax(axis=1)
    regions = Regions.of(explainer, images, categories)
    lost, rescored = {}, {}
    for name in fills:
        lost[name], rescored[name] = erasure_losses(
            look, regions, whole, beside, name, batch_size
        )
    claims = region_claims(explainer, regions, asked)
    return Compared(regions.present, claims, lost, rescored)


def erasure_losses(
    look: Callable[[np.ndarray], Seen],
    regions: Regions,
    whole: Seen,
    beside: np.ndarray,
    fill: str,
    batch_size: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Erases each part that is there, and returns what scores lose.

    Args:
        look: See `score_changes.see`.
        regions: Images and their parts.
        whole: What was seen in the images as they are.
        beside: float32 `(batch, H, W, 3)`, another image for each.
        fill: Name in `FILLS`.
        batch_size: Most images that are looked at at a time.

    Returns:
        Of the performer's score and of the explainer's, each float64
        `(batch, parts)`; NaN of parts that are not there.
    """
    fill_of = FILLS.get(fill)
    image, part = np.nonzero(regions.present)
    lost, rescored = np.full((2, *regions.present.shape), np.nan)
    for start in range(0, len(image), batch_size):
        one, which = (a[start : start + batch_size] for a in (image, part))
        pictures = regions.images[one]
        masks = regions.masks[one, :, :, which][..., None]
        seen = look(
            np.asarray(
                erased(pictures, masks, fill_of(pictures, masks, beside[one]))
            )
        )
        category = regions.categories[one]
        index = np.arange(len(one)), category
        lost[one, which] = whole.logits[one, category] - seen.logits[index]
        rescored[one, which] = (
            whole.rebuilt[one, category] - seen.rebuilt[index]
        )
    return lost, rescored
