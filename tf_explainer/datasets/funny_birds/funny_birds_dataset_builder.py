"""FunnyBirds: rendered birds with exact places of their parts."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.crops import CropBuilder, PartObject
from tf_explainer.datasets.funny_birds.funny_birds_config import (
    FunnyBirdsConfig,
)
from tf_explainer.datasets.funny_birds.parts import COLORS
from tf_explainer.datasets.funny_birds.read_classes import read_classes
from tf_explainer.datasets.rgb_image import BROKEN, rgb_image
from tf_explainer.errors import InputError


class Builder(CropBuilder):
    """Takes the images whole; a landmark is the center of its color.

    `read_intervention` reads the same bird without some of its parts.
    """

    BUILDER_CONFIGS = [FunnyBirdsConfig()]
    ENCODING = "png"
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    The folder must hold what is in `FunnyBirds.zip` of
    https://github.com/visinf/funnybirds: `dataset_train.json`,
    `dataset_test.json`, `train/`, `test/`, `train_part_map/`,
    `test_part_map/`, and `test_interventions/` for removing parts.
    """
    HOMEPAGE = "https://github.com/visinf/funnybirds"

    def categories(self, root: Path) -> Sequence[str]:
        """Returns `bird`, or the classes that there are birds of.

        Args:
            root: Folder with the data.
        """
        if self.builder_config.one_category:
            return ["bird"]
        splits = ("train", "test")
        found = {k for split in splits for k in self._classes(root, split)}
        return [_name(index) for index in range(max(found) + 1)]

    def landmark_names(self, root: Path) -> Sequence[str]:
        """Returns a name for each color.

        Args:
            root: Folder with the data.
        """
        return list(COLORS)

    def images(self, root: Path) -> Iterator[Path]:
        """Yields all images and part maps.

        Args:
            root: Folder with the data.
        """
        for split in ("train", "test"):
            for index, category in enumerate(self._classes(root, split)):
                for folder in (split, f"{split}_part_map"):
                    yield root / folder / _file(category, index)

    def objects(self, root: Path, split: str) -> Iterator[PartObject]:
        """Yields the birds.

        Args:
            root: Folder with the data.
            split: `train` or `test`.
        """
        whole = self.builder_config.one_category
        for index, category in enumerate(self._classes(root, split)):
            file = _file(category, index)
            part_map = root / f"{split}_part_map" / file
            colors = _colors(part_map, self.builder_config.skip_broken)
            yield PartObject(
                image=root / split / file,
                file=f"{split}/{file}",
                category="bird" if whole else _name(category),
                box=None,
                landmarks={} if colors is None else _landmarks(colors),
                size=None if colors is None else colors.shape[:2],
            )

    def _classes(self, root: Path, split: str) -> list[int]:
        """Returns the class of each image of a split."""
        # The files are large, and each is needed three times.
        if not hasattr(self, "_read"):
            self._read: dict[Path, list[int]] = {}
        path = root / f"dataset_{split}.json"
        if path not in self._read:
            self._read[path] = read_classes(path)
        return self._read[path]


def _name(category: int) -> str:
    return f"bird_{category:02}"


def _file(category: int, index: int) -> str:
    return f"{category}/{index:06}.png"


def _colors(path: Path, skip_broken: bool) -> np.ndarray | None:
    """Returns a part map, or None where a broken one is passed over."""
    try:
        return np.asarray(rgb_image(path))
    except BROKEN as error:
        if skip_broken:
            return None
        reason = " ".join(str(error).split())
        raise InputError(f"{path}: cannot be read: {reason}") from error


def _landmarks(colors: np.ndarray) -> dict[str, Any]:
    # Exact: the colors of some parts differ in the last digit.
    found = {}
    for name, color in COLORS.items():
        rows, columns = np.nonzero((colors == color).all(axis=-1))
        if len(rows):
            center = float(rows.mean() + 0.5), float(columns.mean() + 0.5)
            found[name] = center
    return found
