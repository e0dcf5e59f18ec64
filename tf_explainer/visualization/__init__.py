"""Pictures, one function a file.

Every picture is a `matplotlib.figure.Figure` made without `pyplot`, so that
nothing is left open and no display is needed; its label,
`figure.get_label()`, says in words what it shows, for alt texts.

A function registered in `PLOTS` appears in the report with no other edit. It
may ask for any of these by parameter name: `history` (metric to its value in
each epoch), `observation` (`tf_explainer.evaluation.observation`). Where the
data does not give the picture (no landmarks, no epochs) it returns None.
"""

from collections.abc import Callable
from typing import Any

from tf_explainer.registry import Registry

PLOTS: Registry[Callable[..., Any]] = Registry("plot", __name__)
"""Name → picture that the report shows."""

# Behind the registry: the files below register themselves with it.
from tf_explainer.visualization.atlases import atlas_order, filter_atlas
from tf_explainer.visualization.curves import training_curves
from tf_explainer.visualization.explanations import show_explanation
from tf_explainer.visualization.galleries import filter_gallery
from tf_explainer.visualization.grad_cam import grad_cam_figure
from tf_explainer.visualization.part_galleries import part_gallery
from tf_explainer.visualization.receptive_fields import receptive_field_figure
from tf_explainer.visualization.skill_charts import category_chart, skill_chart
from tf_explainer.visualization.tiles import peak_tile

__all__ = [
    "PLOTS",
    "atlas_order",
    "category_chart",
    "filter_atlas",
    "filter_gallery",
    "grad_cam_figure",
    "part_gallery",
    "peak_tile",
    "receptive_field_figure",
    "show_explanation",
    "skill_chart",
    "training_curves",
]
