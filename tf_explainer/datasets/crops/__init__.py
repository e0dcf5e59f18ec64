"""What the data sets of photographs share: objects are cut out of them."""

from tf_explainer.datasets.crops.crop_builder import CropBuilder
from tf_explainer.datasets.crops.crop_config import CropConfig
from tf_explainer.datasets.crops.part_object import Box, PartObject

__all__ = ["Box", "CropBuilder", "CropConfig", "PartObject"]
