"""A user's own images: a folder for each category, or images alone."""

from tf_explainer.datasets.class_folders.open_class_folders import (
    open_class_folders,
)
from tf_explainer.datasets.class_folders.open_flat_folder import (
    open_flat_folder,
)

__all__ = ["open_class_folders", "open_flat_folder"]
