"""A user's own images: a folder with `images/` and `annotations.csv`."""

from tf_explainer.datasets.annotated_folder.open_annotated_folder import (
    open_annotated_folder,
)

__all__ = ["open_annotated_folder"]
