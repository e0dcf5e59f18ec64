"""Grad-CAM of the performer, of the explainer, and of its parts."""

from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_explainer.attachment.head import predicted_categories
from tf_explainer.evaluation.causal.performer_claims import (
    grad_cam_maps,
    weighted_by_slope,
)
from tf_explainer.evaluation.part_measures.reading import maps_of_pixels
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.class_names import class_indices
from tf_explainer.explainer.class_scores import LogitHead
from tf_explainer.explainer.fitting import check_counts
from tf_explainer.explainer.score_pieces import Scorer, slopes_of
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.images import image_batches


class GradCams(NamedTuple):
    """Heat maps of one category's score, all in its units.

    Attributes:
        images: float32 `(images, H, W, 3)`.
        categories: int `(images,)`, whose score is explained.
        top_conv: float32 `(images, H, W)`, Grad-CAM at the performer's top
            conv-layer, of its own score; 0 or more.
        interp_2: The same at conv-interp-2, of the explainer's score.
        strongest: int `(images, n)`, the parts that give most to the
            explainer's score, most first; filters where there are no parts.
        given: float32 `(images, n)`, what each gives: `contributions` of the
            kind `gradient`.
        parts: float32 `(images, H, W, n)`, where that comes from: gradient ×
            activation, summed over the part's filters; below 0 it speaks
            against the category.
        names: What parts, or filters, are called, by index.
    """

    images: np.ndarray
    categories: np.ndarray
    top_conv: np.ndarray
    interp_2: np.ndarray
    strongest: np.ndarray
    given: np.ndarray
    parts: np.ndarray
    names: tuple[str, ...]


def grad_cams(
    explainer: Explainer,
    images: Any,
    category: Any = None,
    strongest: int = 2,
    batch_size: int = 32,
) -> GradCams:
    """Returns where the score of a category comes from.

    Args:
        explainer: A trained `Explainer`.
        images: As in `Explainer.fit`.
        category: Index of the category, one for all images or one each; by
            default the one that the performer gives the highest score.
        strongest: Parts to show in each image, at most as many as there are.
        batch_size: Images at a time.

    Raises:
        InputError: If `category` is no category of the performer, a count is
            below 1, or the images do not fit.

    Source:
        Selvaraju et al. 2017, "Grad-CAM: Visual explanations from deep
        networks via gradient-based localization"; Zhang et al. 2018, figure
        5, for the two layers side by side. That of a part is ours.
    """
    check_counts(strongest=strongest, batch_size=batch_size)
    with told_faults():
        batches = image_batches(images, batch_size, explainer.examples.shape)
        pictures = np.concatenate([np.asarray(batch) for batch in batches])
    names = _names(explainer)
    chosen = np.asarray(_categories(explainer, pictures, category, batch_size))
    count = min(strongest, len(names))
    starts = range(0, len(pictures), batch_size)
    seen = [
        _heats(
            explainer,
            pictures[at : at + batch_size],
            chosen[at : at + batch_size],
            count,
        )
        for at in starts
    ]
    top_conv, interp_2, best, given, parts = (
        np.concatenate(one) for one in zip(*seen, strict=True)
    )
    return GradCams(
        pictures, chosen, top_conv, interp_2, best, given, parts, names
    )


def _names(explainer: Explainer) -> tuple[str, ...]:
    if explainer.encoder.parts:
        return explainer.part_names
    return tuple(f"filter {index}" for index in range(explainer.filters))


def _categories(
    explainer: Explainer, pictures: np.ndarray, category: Any, batch_size: int
) -> np.ndarray:
    run = explainer.attachment.features
    predicted = [
        np.asarray(
            predicted_categories(
                run(pictures[at : at + batch_size], training=False)["scores"]
            )
        )
        for at in range(0, len(pictures), batch_size)
    ]
    decided = np.concatenate(predicted).argmax(axis=-1)
    if category is None:
        return decided
    names, count = explainer.class_names, len(decided)
    return class_indices("category", category, names, count)


def _heats(
    explainer: Explainer, images: np.ndarray, chosen: np.ndarray, count: int
) -> tuple[np.ndarray, ...]:
    """The fields of `GradCams` from `top_conv` to `parts`."""
    encoder, field = explainer.encoder, explainer.receptive_field
    features = explainer.attachment.features(images, training=False)
    encoded = explainer.encode(features)
    wanted = np.eye(len(explainer.class_names), dtype=np.float32)[chosen]
    logits_of = LogitHead(explainer.attachment.head)
    take = Scorer(explainer, logits_of, wanted)
    (slopes, _), _ = slopes_of(encoder, encoded, take)
    slopes, maps = (tf.cast(x, tf.float32) for x in (slopes, encoded.interp_2))
    by_part = slopes * maps
    if encoder.parts:
        by_part = tf.einsum("bhwf,kf->bhwk", by_part, encoder.membership)
    given = np.asarray(tf.reduce_sum(by_part, axis=(1, 2)))
    best = np.argsort(-given, axis=1, kind="stable")[:, :count]
    heats = (
        tf.cast(grad_cam_maps(explainer, images, chosen), tf.float32),
        weighted_by_slope(maps, slopes),
    )
    top_conv, interp_2 = (
        np.asarray(maps_of_pixels(heat[..., None], field.image, field))[..., 0]
        for heat in heats
    )
    shown = tf.gather(by_part, best, axis=-1, batch_dims=1)
    parts = np.asarray(maps_of_pixels(shown, field.image, field))
    told = np.take_along_axis(given, best, axis=1)
    return top_conv, interp_2, best, told, parts
