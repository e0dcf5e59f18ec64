"""The images that a performer is made for."""

import inspect

from tf_explainer.performers.performer_registry import PERFORMERS


def performer_image_size(name: str) -> int:
    """Returns the side of the images that a performer is made for, pixels.

    Args:
        name: Name in `PERFORMERS`; its builder's `image_size` tells.
    """
    parameters = inspect.signature(PERFORMERS.get(name)).parameters
    return int(parameters["image_size"].default)
