"""What the data sets of photographs share: objects are cut out of them."""

from tf_explainer.datasets.crops.crop_builder import CropBuilder, CropConfig
from tf_explainer.datasets.crops.objects import Box, PartObject

__all__ = ["Box", "CropBuilder", "CropConfig", "PartObject"]
