"""Animals drawn from parts, with exact landmarks and masks."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow_datasets as tfds

from tf_explainer.datasets.drawn_animals.categories import CATEGORIES
from tf_explainer.datasets.drawn_animals.drawn_animals_config import (
    DrawnAnimalsConfig,
)
from tf_explainer.datasets.drawn_animals.examples import draw_examples
from tf_explainer.datasets.drawn_animals.part_names import PART_NAMES


class Builder(tfds.core.GeneratorBasedBuilder):
    """Draws animals; nothing is downloaded.

    A landmark is the centre of a part as (row, column) in fractions of the
    image, NaN where hidden or absent. `draw_animal(seed, size=size)` draws an
    example anew, also with parts left out.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    BUILDER_CONFIGS = [DrawnAnimalsConfig()]

    def _info(self) -> tfds.core.DatasetInfo:
        size = self.builder_config.size
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(
                        shape=(size, size, 3), encoding_format="png"
                    ),
                    "label": tfds.features.ClassLabel(names=CATEGORIES),
                    "landmarks": tfds.features.Tensor(
                        shape=(len(PART_NAMES), 2), dtype=np.float32
                    ),
                    "part_map": tfds.features.Image(
                        shape=(size, size, 1), encoding_format="png"
                    ),
                    "file": tfds.features.Text(),
                    "seed": np.int64,
                }
            ),
            supervised_keys=("image", "label"),
            metadata=tfds.core.MetadataDict(landmark_names=list(PART_NAMES)),
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[int, dict[str, Any]]]]:
        del dl_manager
        splits = ("train", "test")
        return {split: self._generate_examples(split) for split in splits}

    def _generate_examples(
        self, split: str
    ) -> Iterator[tuple[int, dict[str, Any]]]:
        config = self.builder_config
        examples = draw_examples(config.seeds(split), config.size)
        for index, example in enumerate(examples):
            file = f"drawn_animals/{split}/{index:06}"
            yield index, {**example, "file": file}
