"""A user's own images: with `annotations.csv`, in class folders, or alone."""

from tf_explainer.datasets.image_folders.annotated_folder import (
    open_annotated_folder,
)
from tf_explainer.datasets.image_folders.class_folders import (
    open_class_folders,
    open_flat_folder,
)

__all__ = ["open_annotated_folder", "open_class_folders", "open_flat_folder"]
