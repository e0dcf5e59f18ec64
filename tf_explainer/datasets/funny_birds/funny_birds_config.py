"""One category of birds, or fifty."""

import dataclasses

from tf_explainer.datasets.crops import CropConfig


@dataclasses.dataclass(kw_only=True)
class FunnyBirdsConfig(CropConfig):
    """Settings of `funny_birds`.

    Attributes:
        one_category: All birds are the category `bird`; otherwise each class
            is one.
    """

    one_category: bool = False
