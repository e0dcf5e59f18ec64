"""Images and landmarks in: drawn animals, and folders of a user's own.

Names are imported on first use, since the drawing code needs no TensorFlow
and its worker processes must start fast. No module here has the name of what
it offers: importing it would put the module in the object's place.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tf_explainer.datasets.arrays import from_arrays
    from tf_explainer.datasets.builders import DATASETS
    from tf_explainer.datasets.drawn_animals import Drawing, draw_animal
    from tf_explainer.datasets.image_folders import open_annotated_folder
    from tf_explainer.datasets.opening import open_dataset
    from tf_explainer.datasets.part_dataset import PartDataset, PartSplit

__all__ = [
    "DATASETS",
    "Drawing",
    "PartDataset",
    "PartSplit",
    "draw_animal",
    "from_arrays",
    "open_annotated_folder",
    "open_dataset",
]

_HOMES = {
    "DATASETS": "builders",
    "Drawing": "drawn_animals",
    "PartDataset": "part_dataset",
    "PartSplit": "part_dataset",
    "draw_animal": "drawn_animals",
    "from_arrays": "arrays",
    "open_annotated_folder": "image_folders",
    "open_dataset": "opening",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = importlib.import_module(f"{__name__}.{_HOMES[name]}")
    return getattr(home, name)
