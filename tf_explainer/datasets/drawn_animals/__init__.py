"""Animals drawn from parts, with exact landmarks and masks."""

from tf_explainer.datasets.drawn_animals.categories import (
    CATEGORIES,
    PART_NAMES,
)
from tf_explainer.datasets.drawn_animals.painting import Drawing, draw_animal

__all__ = ["CATEGORIES", "Drawing", "PART_NAMES", "draw_animal"]
