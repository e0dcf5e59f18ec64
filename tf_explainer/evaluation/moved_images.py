"""Known crops of images: shifted, scaled, mirrored, cropped less neatly."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from tf_explainer.datasets.part_dataset import PartDataset, PartSplit

REACH = 0.15


@dataclasses.dataclass(frozen=True, eq=False)
class Views:
    """One crop for each image, and where it takes a point.

    A view may reach beyond the image, whose border is then continued.

    Args:
        origins: float64 `(images, 2)`, (row, column) of the crop's top left
            corner as fractions of the image.
        sides: float64 `(images,)`, height and width of the crop as a fraction
            of the image's.
        flips: bool `(images,)`, whether left and right are exchanged.
    """

    origins: np.ndarray
    sides: np.ndarray
    flips: np.ndarray

    @classmethod
    def draw(
        cls, images: int, seed: int, reach: float = REACH, flip: bool = False
    ) -> "Views":
        """Draws views that are shifted and scaled by up to ±15 %.

        Args:
            images: Number of images.
            seed: Seed of the draws.
            reach: Largest shift, a fraction of the image, and largest change
                of scale.
            flip: Whether half of the views are mirrored.

        Returns:
            One view for each image.
        """
        generator = np.random.default_rng(seed)
        sides = 1 + generator.uniform(-reach, reach, images)
        shifts = generator.uniform(-reach, reach, (images, 2))
        mirrored = generator.random(images) < 0.5
        return cls(
            origins=0.5 + shifts - sides[:, None] / 2,
            sides=sides,
            flips=mirrored & flip,
        )

    def points(self, points: np.ndarray) -> np.ndarray:
        """Returns where points of the images lie in their views.

        Args:
            points: float `(images, points, 2)`, fractions of the image.

        Returns:
            The same in fractions of the view; beyond [0, 1] outside of it.
        """
        moved = (points - self.origins[:, None]) / self.sides[:, None, None]
        mirrored = np.stack([moved[..., 0], 1 - moved[..., 1]], axis=-1)
        return np.where(self.flips[:, None, None], mirrored, moved)

    def images(self, images: tf.data.Dataset, size: int) -> tf.data.Dataset:
        """Returns the views of the images.

        Args:
            images: uint8 images `(size, size, 3)`, one for each view.
            size: Their height and width, in pixels.

        Returns:
            Dataset of uint8 images of the same size, in the same order.
        """
        transforms = tf.data.Dataset.from_tensor_slices(
            self._transforms((size, size))
        )
        pairs = tf.data.Dataset.zip((images, transforms))
        return pairs.map(_moved_pixels, num_parallel_calls=tf.data.AUTOTUNE)

    def of_array(self, images: np.ndarray) -> np.ndarray:
        """Returns the views of images of any values and sides.

        Args:
            images: `(images, H, W, channels)`, one for each view.

        Returns:
            float32, of the same shape; nothing is rounded.
        """
        transforms = self._transforms(images.shape[1:3])
        pixels = tf.constant(images, tf.float32)
        return np.asarray(_warped(pixels, tf.constant(transforms)))

    def _transforms(self, size: Sequence[int]) -> np.ndarray:
        """Pixels of the view to those of the image, as TensorFlow has it."""
        sign = np.where(self.flips, -1.0, 1.0)
        # Pixel centers lie at half pixels.
        starts = np.array(size) * self.origins + (self.sides[:, None] - 1) / 2
        row, column = starts.T
        across = (size[1] - 1) * self.sides
        column = column + np.where(self.flips, across, 0.0)
        zero = np.zeros(len(self.sides))
        parts = [
            sign * self.sides,
            zero,
            column,
            zero,
            self.sides,
            row,
            zero,
            zero,
        ]
        return np.stack(parts, axis=-1).astype(np.float32)


def _moved_pixels(image: Any, transform: Any) -> Any:
    moved = _warped(tf.cast(image, tf.float32)[None], transform[None])
    pixels = tf.saturate_cast(tf.round(moved[0]), tf.uint8)
    return tf.ensure_shape(pixels, image.shape)


def _warped(images: Any, transforms: Any) -> Any:
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=images,
        transforms=transforms,
        output_shape=tf.shape(images)[1:3],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def jittered(
    dataset: PartDataset, seed: int = 0, reach: float = REACH
) -> PartDataset:
    """Shifts and scales every image by up to ±15 %, its landmarks along.

    Crops that are all centered on the object alone lower the location
    instability and make a constant position a good guess; on these crops it
    is a worse one.

    Args:
        dataset: Images and landmarks.
        seed: Seed of the crops; one seed gives the same crops each time.
        reach: Largest shift, a fraction of the image, and largest change of
            scale.

    Returns:
        A data set of the same images in the same order. A landmark that
        leaves its image counts as hidden.
    """
    return dataclasses.replace(
        dataset,
        splits={
            name: _jittered(split, np.random.SeedSequence([seed, index]), reach)
            for index, (name, split) in enumerate(dataset.splits.items())
        },
    )


def _jittered(
    split: PartSplit, seed: np.random.SeedSequence, reach: float
) -> PartSplit:
    views = Views.draw(len(split), int(seed.generate_state(1)[0]), reach)
    landmarks = views.points(split.landmarks)
    inside = ((landmarks >= 0) & (landmarks <= 1)).all(axis=-1, keepdims=True)
    size = split.images.element_spec.shape[0]
    return dataclasses.replace(
        split,
        images=views.images(split.images, size),
        landmarks=np.where(inside, landmarks, np.nan).astype(np.float32),
    )
