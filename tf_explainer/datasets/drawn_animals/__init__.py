"""Animals drawn from parts, with exact landmarks and masks."""

from tf_explainer.datasets.drawn_animals.categories import CATEGORIES
from tf_explainer.datasets.drawn_animals.draw_animal import draw_animal
from tf_explainer.datasets.drawn_animals.drawing import Drawing
from tf_explainer.datasets.drawn_animals.part_names import PART_NAMES

__all__ = ["CATEGORIES", "PART_NAMES", "Drawing", "draw_animal"]
