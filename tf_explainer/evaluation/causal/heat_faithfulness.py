"""Faithfulness of heat maps, on any images, by the names others know."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.evaluation.causal.erasing import FILLS
from tf_explainer.evaluation.causal.fidelity import (
    batches_of_pairs,
    chosen_names,
)
from tf_explainer.evaluation.causal.heat_measures import (
    deletion,
    drawn_subsets,
    insertion,
    max_sensitivity,
    mu_fidelity,
    pixel_ranks,
    subset_losses,
)
from tf_explainer.evaluation.causal.heat_scenes import Scene, class_scores
from tf_explainer.evaluation.causal.heats import HEATS
from tf_explainer.evaluation.causal.score_changes import means_with_intervals
from tf_explainer.evaluation.sampling import exchanged_images
from tf_explainer.evaluation.sources import pictures_of
from tf_explainer.explainer import Explainer

MEASURES = ("deletion", "insertion", "mu_fidelity", "max_sensitivity")
SUBSETS = 32
DRAWS = 2


def faithfulness(
    explainer: Explainer,
    images: Any,
    count: int = 24,
    steps: int = 12,
    fill: str = "blur",
    methods: Sequence[str] | None = None,
    batch_size: int = 32,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> dict[str, Any]:
    """Compares the explainer's heat map with others, without landmarks.

    All heat maps are of the category that the performer gives the highest
    score, and are asked the same: the same images, steps, subsets, noise and
    fill. Deletion and insertion take the performer's probability of the
    category, μFidelity its score before the softmax, less the mean of all
    categories'. No category of an image is read.

    Args:
        explainer: A trained `Explainer`.
        images: Images `(images, H, W, 3)` as the performer takes them, or a
            `PartSplit`, whose labels and landmarks are not read.
        count: Most images to take, spread evenly over all.
        steps: Steps of deletion and insertion, 2 or more.
        fill: What stands in the place of pixels that are gone, a name in
            `FILLS`.
        methods: Heat maps, names in `HEATS`; `None` for all of them.
        batch_size: Most images that the performer sees at a time.
        seed: Seed of subsets, noise, ties and bootstrap.
        progress: Called with a number of images as they are done.

    Returns:
        JSON values. `images`, `steps`, `subsets`, `draws` and `fill`, what
        was asked; `deletion`, `insertion`, `mu_fidelity` and
        `max_sensitivity` (see `heat_measures`), each a heat map's name to
        its mean over images, with the 95 % bootstrap interval over images
        beside it, `<name>_interval`. Images of which a number is not known
        are left out of its mean.

    Raises:
        InputError: If a number, the fill or a method does not fit, or if the
            images do not fit the performer.

    Source:
        Petsiuk et al. 2018; Bhatt et al. 2020; Yeh et al. 2019.
    """
    _check("count", count, 1)
    _check("steps", steps, 2)
    _check("batch_size", batch_size, 1)
    FILLS.get(fill)
    names = chosen_names("methods", methods, HEATS.names())
    pictures = pictures_of(explainer, images, count)
    generator = np.random.default_rng(seed)
    others = exchanged_images(np.zeros(len(pictures), int), generator)
    size = pictures.shape[1:3]
    subsets = drawn_subsets(generator, len(pictures), SUBSETS, size)
    noises = generator.uniform(-1, 1, (DRAWS, *pictures.shape[1:]))
    ties = generator.random(size)
    look = class_scores(explainer)
    batches, start = [], 0
    for shown, beside in batches_of_pairs(pictures, others, batch_size):
        categories = look(shown).logits.argmax(axis=1)
        scene = Scene(look, shown, beside, categories, fill)
        here = subsets[start : start + len(shown)]
        batches.append(
            _asked(explainer, scene, names, steps, here, noises, ties)
        )
        start += len(shown)
        if progress:
            progress(len(shown))
    return {
        "images": len(pictures),
        **{"steps": steps, "subsets": SUBSETS, "draws": DRAWS, "fill": fill},
        **{name: _means(batches, name, names, seed) for name in MEASURES},
    }


def _check(name: str, value: int, least: int) -> None:
    if value < least:
        raise InputError(f"`{name}` must be {least} or more, received {value}.")


_Numbers = dict[str, dict[str, np.ndarray]]


def _asked(
    explainer: Explainer,
    scene: Scene,
    names: Sequence[str],
    steps: int,
    subsets: np.ndarray,
    noises: np.ndarray,
    ties: np.ndarray,
) -> _Numbers:
    """One batch: measure, heat map, `(batch,)`."""
    found: _Numbers = {name: {} for name in MEASURES}
    lost = subset_losses(scene, subsets)
    for name in names:

        def heat_of(images: np.ndarray, name: str = name) -> np.ndarray:
            return HEATS.get(name)(explainer, images, scene.categories)

        heat = heat_of(scene.images)
        ranks = pixel_ranks(heat, ties)
        found["deletion"][name] = deletion(scene, ranks, steps)
        found["insertion"][name] = insertion(scene, ranks, steps)
        found["mu_fidelity"][name] = mu_fidelity(heat, subsets, lost)
        found["max_sensitivity"][name] = max_sensitivity(
            heat_of, scene.images, heat, noises
        )
    return found


def _means(
    batches: Sequence[_Numbers], measure: str, names: Sequence[str], seed: int
) -> dict[str, Any]:
    values = {
        name: np.concatenate([batch[measure][name] for batch in batches])
        for name in names
    }
    known = {name: value[~np.isnan(value)] for name, value in values.items()}
    return means_with_intervals(known, seed)
