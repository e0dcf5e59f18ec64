"""The performers that can be built by name, and how the paper explains them."""

import dataclasses
import inspect
from collections.abc import Callable

import keras

from tf_explainer.registry import Registry

PERFORMERS: Registry[Callable[..., keras.Model]] = Registry(
    "performer", "tf_explainer.performers"
)
"""Name → function that builds a CNN to explain."""


def performer_image_size(name: str) -> int:
    """Returns the side of the images that a performer is made for, pixels.

    Args:
        name: Name in `PERFORMERS`; its builder's `image_size` tells.
    """
    parameters = inspect.signature(PERFORMERS.get(name)).parameters
    return int(parameters["image_size"].default)


@dataclasses.dataclass(frozen=True)
class Recipe:
    """How a performer learns, where it is not fine-tuned as a whole.

    Args:
        epochs: Passes over the images.
        learning_rate: That of Adam at the start.
        trunk_layer: Last layer of a trunk that is frozen, so that only what
            lies behind it learns; `None` where all of it learns.
    """

    epochs: int
    learning_rate: float
    trunk_layer: str | None = None

    @classmethod
    def of(cls, name: str) -> "Recipe | None":
        """Returns the recipe of a performer, if it has one.

        Args:
            name: Name in `PERFORMERS`.
        """
        return RECIPES.get(name) if name in RECIPES.names() else None


RECIPES: Registry[Recipe] = Registry(
    "recipe of a performer", "tf_explainer.performers"
)
"""Name → how that performer learns."""


@dataclasses.dataclass(frozen=True)
class PaperSettings:
    """Layers and constants that the paper gives for one of its networks.

    Args:
        target_layer: Layer whose feature is explained.
        replaced_layer: Layer that the encoder stands in for.
        reconstructed_layers: Layers that the decoder rebuilds, lowest first.
        pool_layer: Pooling layer that both tracks take over.
        eta: Weight of `-log p` under calibration `paper`.
        calibration: How `lambda_l` is set; `eta` belongs to it.

    Source:
        Zhang et al. 2018, section 4 "Experimental details". Its numbers of
        layers (19th of AlexNet, 35th of VGG-16) are those of relu7, so fc6
        and fc7 mean the features after their ReLU.
    """

    target_layer: str
    replaced_layer: str
    reconstructed_layers: tuple[str, ...]
    pool_layer: str
    eta: float
    calibration: str = "paper"

    @classmethod
    def of(cls, performer: keras.Model) -> "PaperSettings | None":
        """Returns the settings for a performer, if it is one of the paper's.

        Args:
            performer: A model; it is known by its name, which is saved with
                it, and by the layers that the settings name.
        """
        if performer.name not in PAPER_SETTINGS.names():
            return None
        found = PAPER_SETTINGS.get(performer.name)
        wanted = {
            found.target_layer,
            found.replaced_layer,
            *found.reconstructed_layers,
        }
        names = {layer.name for layer in performer.layers}
        return found if wanted <= names else None


PAPER_SETTINGS: Registry[PaperSettings] = Registry(
    "performer of the paper", "tf_explainer.performers"
)
