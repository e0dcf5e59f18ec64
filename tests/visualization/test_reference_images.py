"""Every figure looks as it did when a person last looked at it.

After a change on purpose:

    pytest tests/visualization --mpl-generate-path tests/visualization/reference
"""

import pytest

from tf_explainer import visualization
from tf_explainer.visualization import (
    category_chart,
    filter_atlas,
    filter_gallery,
    grad_cam_figure,
    part_gallery,
    receptive_field_figure,
    show_explanation,
    skill_chart,
    training_curves,
)

HISTORY = {
    "loss": [3.0, 2.0, 1.5],
    "reconstruction_loss": [2.0, 1.0, 0.75],
    "val_reconstruction_loss": [2.5, 1.5, 1.25],
    "filter_loss": [0.0, -0.5, -0.75],
    "p": [0.5, 0.75, 0.9],
}
FIGURES = {
    category_chart: lambda get: category_chart(get("observation")),
    filter_atlas: lambda get: filter_atlas(get("parted")),
    filter_gallery: lambda get: filter_gallery(
        get("observation"), get("made_images"), filters=3, columns=4
    ),
    grad_cam_figure: lambda get: grad_cam_figure(get("heats"), ("cat", "dog")),
    part_gallery: lambda get: part_gallery(
        get("with_parts"), get("made_images"), columns=4
    ),
    receptive_field_figure: lambda get: receptive_field_figure(
        get("fields"), columns=3
    ),
    show_explanation: lambda get: show_explanation(get("made")),
    skill_chart: lambda get: skill_chart(get("observation")),
    training_curves: lambda get: training_curves(HISTORY),
}
"""Figure function → figure of made data, from pytest's getter of fixtures."""


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.__name__)
@pytest.mark.mpl_image_compare(
    baseline_dir="reference", savefig_kwargs={"dpi": 50}
)
def test_looks_as_before(figure, request):
    """Compared by pixels, with room for another version of the font."""
    return FIGURES[figure](request.getfixturevalue)


def test_every_figure_has_a_reference():
    """What draws no figure of its own is known by name."""
    public = set(visualization.__all__) - {"PLOTS", "atlas_order", "peak_tile"}
    assert public == {figure.__name__ for figure in FIGURES}
