"""FunnyBirds: rendered birds with exact places of their parts."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ijson
import numpy as np

from tf_explainer.datasets.crops import CropBuilder, CropConfig, PartObject
from tf_explainer.datasets.encoded_images.eager import BROKEN, rgb_image
from tf_explainer.errors import InputError

# A landmark for each color of a part map, as in the data set's own code.
COLORS = {
    "beak": (255, 255, 0),
    "eye01": (255, 255, 253),
    "eye02": (255, 255, 254),
    "foot01": (255, 0, 1),
    "foot02": (255, 0, 2),
    "tail": (0, 0, 255),
    "wing01": (0, 255, 1),
    "wing02": (0, 255, 2),
}


def read_classes(path: Path) -> list[int]:
    """Returns the class of each image, in order.

    Each entry also tells how its bird was rendered, which makes the files
    large: they are read entry by entry.

    Args:
        path: `dataset_train.json` or `dataset_test.json`.

    Raises:
        InputError: If the file cannot be read or is of another form.
    """
    try:
        with open(path, "rb") as file:
            entries = ijson.items(file, "item", use_float=True)
            found = [int(entry["class_idx"]) for entry in entries]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}.") from None
    except KeyError:
        raise InputError(f"{path}: an entry has no 'class_idx'.") from None
    except (ijson.JSONError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: is not a list of birds in JSON: {reason}"
        ) from error
    if not found:
        raise InputError(f"{path}: is not a list of birds in JSON.")
    return found


@dataclasses.dataclass(kw_only=True)
class FunnyBirdsConfig(CropConfig):
    """Settings of `funny_birds`.

    Attributes:
        one_category: All birds are the category `bird`; otherwise each class
            is one.
    """

    one_category: bool = False


class Builder(CropBuilder):
    """Takes the images whole; a landmark is the center of its color."""

    BUILDER_CONFIGS = [FunnyBirdsConfig()]
    ENCODING = "png"
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    The folder must hold what is in `FunnyBirds.zip` of
    https://github.com/visinf/funnybirds: `dataset_train.json`,
    `dataset_test.json`, `train/`, `test/`, `train_part_map/` and
    `test_part_map/`.
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
