"""Where a filter fires in another image of the category."""

import numpy as np

from tf_explainer.evaluation.filter_peaks import FilterPeaks


def exchanged_peaks(
    peaks: FilterPeaks,
    filters: np.ndarray,
    categories: np.ndarray,
    generator: np.random.Generator,
) -> np.ndarray:
    """Returns for each image the peak of its filter in another image.

    The other image is drawn from those of the same category in which the
    filter fires: `exchanged_images` would not look whether it does.

    Args:
        peaks: Peaks of all filters.
        filters: int `(images,)`, the filter asked about in each image.
        categories: int `(images,)`, category of each image.
        generator: Draws the other images.

    Returns:
        float `(images, 2)`, fractions of the image; NaN where there is no
        such image.
    """
    found = np.full((len(filters), 2), np.nan)
    for image, (index, category) in enumerate(
        zip(filters, categories, strict=True)
    ):
        fires = peaks.fires[:, index] & (categories == category)
        fires[image] = False
        if fires.any():
            other = generator.choice(np.flatnonzero(fires))
            found[image] = peaks.positions[other, index]
    return found
