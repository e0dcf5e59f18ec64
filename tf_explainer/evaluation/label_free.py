"""Measures of filters for images without landmarks."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartSplit, spread_evenly
from tf_explainer.errors import InputError
from tf_explainer.evaluation.metrics.agreement import filter_consistency
from tf_explainer.evaluation.moved_images import Views
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.evaluation.sources import see_features, see_parts
from tf_explainer.explainer import Explainer


def filter_equivariance(
    before: FilterPeaks, after: FilterPeaks, views: Views
) -> np.ndarray:
    """Returns how well each filter's peak follows known shifts and flips.

    `1 - sum ||q - v(p)||^2 / sum ||p - v(p)||^2` over the images that fire
    the filter and in which its peak `p` stays inside the view; `v(p)` is
    where the view takes that place, `q` the peak found there. 1: the peak
    follows exactly; 0: it stays where it was, as a constant position does, or
    falls silent; below 0: it jumps elsewhere. Needs no landmarks.

    Args:
        before: Peaks in the images.
        after: Peaks in the views of the same images.
        views: The views.

    Returns:
        float64 `(filters,)`, no unit; NaN where a filter never fires inside a
        view.

    Raises:
        InputError: If the numbers of images or filters differ.
    """
    if before.strengths.shape != after.strengths.shape:
        raise InputError(
            "`before` and `after` must be of the same images and filters, "
            f"received {before.strengths.shape} and {after.strengths.shape}."
        )
    expected = views.points(before.positions)
    inside = ((expected >= 0) & (expected <= 1)).all(axis=-1)
    used = before.fires & inside
    # Silent in the view: as if it had stayed, so that silence gains nothing.
    found = np.where(after.fires[..., None], after.positions, before.positions)
    error, stayed = (
        np.sum(
            ((place - expected) ** 2).sum(axis=-1),
            axis=0,
            where=used,
            dtype=np.float64,
        )
        for place in (found, before.positions)
    )
    known = stayed > 0
    return np.where(known, 1 - error / np.where(known, stayed, 1.0), np.nan)


IMAGES = 256


def equivariance(
    explainer: Explainer,
    split: PartSplit,
    layers: Sequence[str] = ("interp_2",),
    batch_size: int = 32,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Shows an explainer the same images shifted, scaled and mirrored.

    Up to 256 images, spread evenly over the split, each in one view drawn by
    `Views`; see `filter_equivariance` for the number. A filter that follows
    the image is not yet a part (a finder of bright spots follows, too), but
    one that does not follow cannot be one.

    Args:
        explainer: A trained `Explainer`.
        split: Where the images are; labels and landmarks are not read.
        layers: Which of the layers of `Explainer.layer_maps`.
        batch_size: Images at a time.
        seed: Seed of the views.

    Returns:
        Layer to float64 `(filters,)`; NaN where a filter never fires, or on
        fewer than 1 % of the images.
    """
    images = split.part(spread_evenly(len(split), IMAGES)).images
    views = Views.draw(int(images.cardinality()), seed, flip=True)
    size = split.images.element_spec.shape[0]
    run = _run(explainer, tuple(layers))
    before, after = (
        _peaks(run, shown.batch(batch_size))
        for shown in (images, views.images(images, size))
    )
    return {
        layer: np.where(
            before[layer].live,
            filter_equivariance(before[layer], after[layer], views),
            np.nan,
        )
        for layer in layers
    }


def _run(explainer: Explainer, layers: tuple[str, ...]) -> Any:
    def run(images: Any) -> dict[str, Any]:
        maps = explainer.layer_maps(tf.cast(images, tf.float32))
        return {layer: explainer.peaks_of(maps[layer]) for layer in layers}

    shape = (None, *explainer.receptive_field.image, 3)
    return tf.function(run, input_signature=[tf.TensorSpec(shape, tf.uint8)])


def _peaks(run: Any, images: tf.data.Dataset) -> dict[str, FilterPeaks]:
    batches = [keras.tree.map_structure(np.asarray, run(one)) for one in images]
    peaks = {}
    for layer in batches[0]:
        positions, strengths = (
            np.concatenate([batch[layer][part] for batch in batches])
            for part in range(2)
        )
        positions[strengths <= 0] = np.nan
        peaks[layer] = FilterPeaks(positions, strengths)
    return peaks


APART = 0.1


class LandmarkFreeProxy:
    """Says how far filters behave like parts; calls cost no performer's run.

    A part's filter follows the image when it is shifted, scaled or mirrored
    (`filter_equivariance`), and it tells where other parts are, since parts
    keep their distances (`filter_consistency`). A finder of bright spots does
    the first alone, a filter that fires in a fixed place of each image
    neither. So the worse of the two counts, for each filter; pairs of filters
    that fire nearer than a tenth of the image to each other tell nothing, so
    that filters that all fire at one place gain nothing; and a dead filter
    counts 0, what a constant position gets, so that dying gains nothing.

    It says little about explainers that learned by the filter loss
    `equivariant`: that loss asks for the very thing that is scored here, and
    among such explainers the number need not go along with skill at all, as
    it does among different filter losses. Worse, it rises as filters crowd
    on one large part, which is easy to follow, and falls as they spread over
    many.

    Args:
        explainer: An `Explainer`; only its performer and cut are used.
        split: Images, of which up to 256 are taken, spread evenly; labels and
            landmarks are not read.
        batch_size: Images at a time.
        seed: Seed of the views.
        keep: Called with a name and a function that computes features, which
            it may keep; `None` keeps nothing beyond the process.
    """

    def __init__(
        self,
        explainer: Explainer,
        split: PartSplit,
        batch_size: int = 32,
        seed: int = 0,
        keep: Callable[[str, Callable[[], Any]], Any] | None = None,
    ) -> None:
        kept = split.part(spread_evenly(len(split), IMAGES))
        size = split.images.element_spec.shape[0]
        self.batch_size = batch_size
        self._views = Views.draw(len(kept), seed, flip=True)
        shown = {
            "proxy_before": kept.images,
            "proxy_after": self._views.images(kept.images, size),
        }
        keep = keep or (lambda name, compute: compute())
        self._before, self._after = (
            keep(name, _features(explainer, images, batch_size))
            for name, images in shown.items()
        )

    def __call__(self, explainer: Explainer) -> float:
        """Returns the mean over all filters of `by_filter`.

        Args:
            explainer: An explainer of the same performer and layers.

        Returns:
            In [-1, 1]; 1 perfect, 0 a constant position.
        """
        return float(self.by_filter(explainer).mean())

    def by_filter(self, explainer: Explainer) -> np.ndarray:
        """Returns the number of each filter of conv-interp-2.

        Args:
            explainer: An explainer of the same performer and layers.

        Returns:
            float64 `(filters,)`, in [-1, 1]; 0 where a filter is dead.
        """
        before, after = (
            see_features(explainer, features, self.batch_size).peaks
            for features in (self._before, self._after)
        )
        return proxy_by_filter(before, after, self._views)

    def parts_follow(self, explainer: Explainer) -> float:
        """Returns how well parts follow the image, mean over all parts.

        Args:
            explainer: An explainer with parts, of the same performer and
                layers.

        Returns:
            In [0, 1]: `filter_equivariance` of each part, cut off at 0; 0 of
            one that stays where it is, as a constant place does, or is never
            there.
        """
        before, after = (
            see_parts(explainer, features, self.batch_size)
            for features in (self._before, self._after)
        )
        follows = filter_equivariance(before, after, self._views)
        return float(np.clip(np.nan_to_num(follows), 0, 1).mean())


def _features(
    explainer: Explainer, images: Any, batch_size: int
) -> Callable[[], Any]:
    return lambda: explainer.cached_features(images.batch(batch_size))


def proxy_by_filter(
    before: FilterPeaks, after: FilterPeaks, views: Views
) -> np.ndarray:
    """Returns the worse of the two, see `LandmarkFreeProxy`.

    Args:
        before: Peaks in the images. Every other image gives offsets and
            constants of the consistency, the rest its value.
        after: Peaks in the views of the same images.
        views: The views.

    Returns:
        float64 `(filters,)`, in [-1, 1]; 0 where a filter is dead or alone.
    """
    follows = filter_equivariance(before, after, views)
    tells = filter_consistency(_half(before, 0), _half(before, 1), APART)
    known = before.live & ~np.isnan(follows) & ~np.isnan(tells)
    worse = np.minimum(np.where(known, follows, 0), np.where(known, tells, 0))
    return np.maximum(worse, -1)


def _half(peaks: FilterPeaks, first: int) -> LocatedPeaks:
    images = np.arange(first, len(peaks.strengths), 2)
    half = peaks.chosen(images, np.arange(peaks.filters))
    nothing = np.empty((len(images), 0, 2), np.float32)
    return LocatedPeaks(half, nothing, np.zeros(len(images), np.int32))
