"""Controls: peaks that know nothing of the image."""

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.evaluation.controls import CONTROLS
from tf_explainer.evaluation.metrics.location import location_instability
from tf_explainer.evaluation.peaks import FilterPeaks, LocatedPeaks
from tf_explainer.evaluation.sampling import exchanged_images


def constant_position(
    located: LocatedPeaks, position: np.ndarray, labels: np.ndarray
) -> LocatedPeaks:
    """Replaces the peaks by one place, the same in every image.

    There is one filter for each label, stronger on the images of its own
    label, so that location instability, which reads a filter only on the
    images of its category, covers every category.

    Args:
        located: The images; their peaks are not used.
        position: float `(2,)`, `(row, column)` as fractions of the image.
        labels: int `(filters,)`, the label of each filter.

    Returns:
        The same images with `filters` constant peaks each.
    """
    strengths = 0.5 + 0.5 * (located.labels[:, None] == labels)
    positions = np.broadcast_to(position, (*strengths.shape, 2))
    return located.with_peaks(
        FilterPeaks(positions.astype(np.float32), strengths.astype(np.float32))
    )


@CONTROLS.register("constant_center")
def constant_center(
    train: LocatedPeaks, test: LocatedPeaks, seed: int
) -> tuple[LocatedPeaks, LocatedPeaks]:
    """Filters that always fire at the center of the image.

    Args:
        train: Images of the training split; their peaks are not used.
        test: Images of the test split; their peaks are not used.
        seed: Not used; all controls are called alike.

    Returns:
        `train` and `test` with constant peaks, one filter for each label.
    """
    del seed
    center, labels = np.array([0.5, 0.5]), np.unique(train.labels)
    return (
        constant_position(train, center, labels),
        constant_position(test, center, labels),
    )


@CONTROLS.register("constant_mean")
def constant_mean(
    train: LocatedPeaks, test: LocatedPeaks, seed: int
) -> tuple[LocatedPeaks, LocatedPeaks]:
    """Filters that always fire at the mean position of the best landmark.

    Of the mean positions on `train`, one for each landmark, the control takes
    the one with the lowest location instability on `train`: the hardest
    constant of this kind to beat.

    Args:
        train: Images of the training split; their peaks are not used.
        test: Images of the test split; their peaks are not used.
        seed: Not used; all controls are called alike.

    Returns:
        `train` and `test` with constant peaks, one filter for each label.

    Raises:
        InputError: If no landmark is ever visible on `train`.
    """
    del seed
    seen = np.flatnonzero(train.visible.any(axis=0))
    if not len(seen):
        raise InputError("`train` must show a landmark, received none.")
    labels = np.unique(train.labels)
    means = [
        train.landmarks[train.visible[:, landmark], landmark].mean(axis=0)
        for landmark in seen
    ]
    scores = []
    for mean in means:
        constant = constant_position(train, mean, labels)
        scores.append(location_instability(constant, constant))
    best = means[int(np.argmin(np.nan_to_num(scores, nan=np.inf)))]
    return (
        constant_position(train, best, labels),
        constant_position(test, best, labels),
    )


FILTERS = 64


@CONTROLS.register("random")
def random_position(
    train: LocatedPeaks, test: LocatedPeaks, seed: int
) -> tuple[LocatedPeaks, LocatedPeaks]:
    """64 filters that fire at a place and strength drawn for each image.

    Args:
        train: Images of the training split; their peaks are not used.
        test: Images of the test split; their peaks are not used.
        seed: Seed of the draws.

    Returns:
        `train` and `test` with peaks uniform over the image.
    """
    generator = np.random.default_rng(seed)
    return _scattered(train, generator), _scattered(test, generator)


def _scattered(
    located: LocatedPeaks, generator: np.random.Generator
) -> LocatedPeaks:
    shape = (len(located.labels), FILTERS)
    positions = generator.random((*shape, 2), np.float32)
    strengths = 1 - generator.random(shape, np.float32)
    return located.with_peaks(FilterPeaks(positions, strengths))


@CONTROLS.register("shuffled")
def shuffled(
    train: LocatedPeaks, test: LocatedPeaks, seed: int
) -> tuple[LocatedPeaks, LocatedPeaks]:
    """The explainer's own peaks, each from another image of the category.

    Keeps where the filters like to fire, how strongly, and what they know of
    the category; takes away that they see this image. What skill is left is
    not that of parts.

    Args:
        train: Peaks and images of the training split.
        test: Peaks and images of the test split.
        seed: Seed of the exchange.

    Returns:
        `train` and `test` with exchanged peaks. An image that is alone in its
        category keeps its own.
    """
    generator = np.random.default_rng(seed)
    return _exchanged(train, generator), _exchanged(test, generator)


def _exchanged(
    located: LocatedPeaks, generator: np.random.Generator
) -> LocatedPeaks:
    source = exchanged_images(located.labels, generator)
    filters = np.arange(located.peaks.filters)
    return located.with_peaks(located.peaks.chosen(source, filters))
