"""What is looked at: the images of a split, or their features."""

import dataclasses

import tensorflow as tf

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.datasets.spread_evenly import spread_evenly
from tf_explainer.datasets.take_examples import take_examples
from tf_explainer.explainer.image_views import without_views


@dataclasses.dataclass(frozen=True, eq=False)
class SplitSource:
    """A split, and the performer's features of its images if they were kept.

    Attributes:
        split: The images.
        features: Single examples in the order of the images, from
            `Explainer.cached_features`; None to compute them.
    """

    split: PartSplit
    features: tf.data.Dataset | None = None

    def __len__(self) -> int:
        return len(self.split)

    def batches(
        self, batch_size: int, most: int | None = None
    ) -> tf.data.Dataset:
        """Returns batches of features if there are any, else of images.

        Args:
            batch_size: Images a batch.
            most: At most so many images, spread evenly over the split;
                `None` means all.
        """
        if self.features is None:
            return self.split.batches(batch_size, most)
        kept = without_views(self.features)
        if most is not None:
            kept = take_examples(kept, spread_evenly(len(self), most))
        return kept.batch(batch_size).map(_in_float32).prefetch(2)


def _in_float32(features: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    # What was kept to learn from may be in half precision.
    return {
        name: tf.cast(value, tf.float32) for name, value in features.items()
    }
