"""The builder, by the checks of TensorFlow Datasets."""

from pathlib import Path

import tensorflow_datasets as tfds

from tf_explainer.datasets.drawn_animals import drawn_animals_dataset_builder
from tf_explainer.datasets.drawn_animals.drawn_animals_dataset_builder import (
    DrawnAnimalsConfig,
)


class DrawnAnimalsTest(tfds.testing.DatasetBuilderTestCase):
    """Registered, documented, drawn, written and read again."""

    DATASET_CLASS = drawn_animals_dataset_builder.Builder
    BUILDER_CONFIG_NAMES_TO_TEST = [
        DrawnAnimalsConfig(train=6, test=4, size=32)
    ]
    # Nothing is read; the check asks for an existing folder.
    EXAMPLE_DIR = str(Path(__file__).parent)
    SPLITS = {"train": 6, "test": 4}
