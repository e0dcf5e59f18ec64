"""Who says what the region of each part of an explainer gives to a score."""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_explainer.evaluation.causal.erasing import part_regions
from tf_explainer.evaluation.causal.performer_claims import (
    grad_cam_heat,
    integrated_gradients_heat,
    upper_score,
)
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.removed_parts import erased_target
from tf_explainer.explainer.score_pieces import KINDS
from tf_explainer.layers.part_head import LEAST_PRESENCE
from tf_explainer.tensors import Features


class Regions(NamedTuple):
    """Images, and where an explainer's parts are in them.

    Attributes:
        images: float32 `(batch, H, W, 3)`.
        features: The performer's.
        categories: int `(batch,)`, whose score is asked about.
        maps: `(batch, h, w, parts + 1)`, the last one the background.
        masks: float32 `(batch, H, W, parts)`, see `part_regions`.
        present: bool `(batch, parts)`, which parts are in the image.
    """

    images: np.ndarray
    features: Features
    categories: np.ndarray
    maps: Any
    masks: np.ndarray
    present: np.ndarray

    @classmethod
    def of(
        cls, explainer: Explainer, images: np.ndarray, categories: np.ndarray
    ) -> "Regions":
        """Looks for the parts.

        Args:
            explainer: An `Explainer` with parts.
            images: float32 `(batch, H, W, 3)`.
            categories: int `(batch,)`.
        """
        features = explainer.attachment.features(
            tf.constant(images), training=False
        )
        maps: Any = explainer.encode(features).part_maps
        parts = tf.cast(maps[..., :-1], tf.float32)
        return cls(
            images,
            features,
            categories,
            maps,
            np.asarray(part_regions(parts, explainer.receptive_field)),
            np.asarray(tf.reduce_max(parts, axis=(1, 2))) >= LEAST_PRESENCE,
        )

    def total(self, heat: np.ndarray) -> np.ndarray:
        """Returns the sum of a heat map over each region.

        Args:
            heat: float `(batch, H, W)`.

        Returns:
            float64 `(batch, parts)`.
        """
        return np.einsum(
            "bhw,bhwk->bk", heat.astype(np.float64), self.masks, optimize=True
        )


def region_claims(
    explainer: Explainer,
    regions: Regions,
    names: Sequence[str] | None = None,
) -> dict[str, np.ndarray]:
    """Returns what each part is said to give to the score.

    Args:
        explainer: An `Explainer` with parts.
        regions: Where they are.
        names: Who is asked, names in `REGION_CLAIMS`; `None` for all.

    Returns:
        Name to float `(batch, parts)`: `removal`, `shapley` and `gradient`,
        the explainer's contributions; `area`, the size of the region, which
        looks at no score; `grad_cam` and `integrated_gradients` of the
        performer, summed over the region; `target_erasure`, what the
        performer's score loses when the region's units of the target feature
        become background, unless a branch passes the target by.
    """
    asked = list(REGION_CLAIMS if names is None else names)
    if explainer.attachment.upper is None and "target_erasure" in asked:
        asked.remove("target_erasure")
    return {name: REGION_CLAIMS[name](explainer, regions) for name in asked}


def _given(explainer: Explainer, regions: Regions, kind: str) -> np.ndarray:
    pieces = explainer.contributions(
        regions.features, regions.categories, kind=kind
    )
    return np.asarray(pieces.parts)


def _area(explainer: Explainer, regions: Regions) -> np.ndarray:
    return regions.masks.mean(axis=(1, 2))


def _heated(
    explainer: Explainer, regions: Regions, heat_of: Callable[..., np.ndarray]
) -> np.ndarray:
    heat = heat_of(explainer, regions.images, regions.categories)
    return regions.total(heat)


def _target_erasure(explainer: Explainer, regions: Regions) -> np.ndarray:
    score_of = upper_score(explainer)
    target = regions.features["target"]
    whole = score_of(target, regions.categories)
    images, parts = regions.present.shape
    lost = np.zeros((images, parts))
    for part, removed in enumerate(np.eye(parts, dtype=np.float32)):
        left = erased_target(
            tf.cast(target, tf.float32),
            regions.maps,
            np.tile(removed, (images, 1)),
        )
        left = tf.cast(left, target.dtype)
        lost[:, part] = whole - score_of(left, regions.categories)
    return lost


REGION_CLAIMS: Mapping[str, Callable[[Explainer, Regions], np.ndarray]] = {
    **{kind: functools.partial(_given, kind=kind) for kind in KINDS},
    "area": _area,
    "grad_cam": functools.partial(_heated, heat_of=grad_cam_heat),
    "integrated_gradients": functools.partial(
        _heated, heat_of=integrated_gradients_heat
    ),
    "target_erasure": _target_erasure,
}
