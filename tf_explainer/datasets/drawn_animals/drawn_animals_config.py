"""How many animals to draw, and how large."""

import dataclasses

import tensorflow_datasets as tfds

from tf_explainer.errors import InputError

# The splits of one seed draw from numbers that no other split uses.
_MOST_IMAGES = 1_000_000


@dataclasses.dataclass(kw_only=True)
class DrawnAnimalsConfig(tfds.core.BuilderConfig):
    """Settings of the builder `drawn_animals`; its files are kept by them.

    Attributes:
        name: Made from the other settings.
        train: Images of the training split.
        test: Images of the test split.
        size: Height and width of the images, in pixels.
        seed: Another seed draws other animals.
    """

    name: str = ""
    train: int = 2400
    test: int = 600
    size: int = 96
    seed: int = 0

    def __post_init__(self) -> None:
        self.name = f"{self.train}_{self.test}_{self.size}px_{self.seed}"
        for split in ("train", "test"):
            images = getattr(self, split)
            if not 1 <= images <= _MOST_IMAGES:
                raise InputError(
                    f"`{split}` must be within [1, {_MOST_IMAGES}], received "
                    f"{images}."
                )
        if self.size < 16:
            raise InputError(f"`size` must be >= 16, received {self.size}.")
        if self.seed < 0:
            raise InputError(f"`seed` must be >= 0, received {self.seed}.")

    def seeds(self, split: str) -> range:
        """Returns the numbers that a split's images are drawn from."""
        first = (2 * self.seed + (split == "test")) * _MOST_IMAGES
        return range(first, first + getattr(self, split))
