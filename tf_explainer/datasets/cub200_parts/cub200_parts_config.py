"""One category of birds, or two hundred."""

import dataclasses

from tf_explainer.datasets.crops import CropConfig


@dataclasses.dataclass(kw_only=True)
class Cub200PartsConfig(CropConfig):
    """Settings of `cub200_parts`.

    Attributes:
        one_category: All birds are the category `bird`, as in the paper;
            otherwise each species is one.
    """

    one_category: bool = True
