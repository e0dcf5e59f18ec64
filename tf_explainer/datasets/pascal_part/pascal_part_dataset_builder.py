"""Pascal-Part: six animals of VOC2010 with landmarks for all parts."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.datasets.crops import CropBuilder, PartObject
from tf_explainer.datasets.pascal_part.annotation import (
    CATEGORIES,
    LANDMARKS,
    read_annotation,
    voc_flags,
)
from tf_explainer.datasets.splits import split_of
from tf_explainer.errors import InputError

_VOC = ("", "VOC2010", "VOCdevkit/VOC2010")
_LISTS = {"train": "train.txt", "test": "val.txt"}


class Builder(CropBuilder):
    """Cuts the animals out of VOC2010's photographs by their masks.

    Landmarks are centers of part masks; `head` is the union of the head and
    all that is on it. `occluded` and `truncated` come from VOC2010's own
    annotations, -1 where these are missing.
    """

    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    The folder must hold `Annotations_Part/` of Pascal-Part
    (https://roozbehm.info/pascal-parts/pascal-parts.html) and VOC2010
    (http://host.robots.ox.ac.uk/pascal/VOC/voc2010/), unpacked: its
    `VOCdevkit/`, `VOC2010/` or `JPEGImages/`.
    """
    HOMEPAGE = "https://roozbehm.info/pascal-parts/pascal-parts.html"

    def categories(self, root: Path) -> Sequence[str]:
        """Returns the six animals.

        Args:
            root: Folder with the data.
        """
        return CATEGORIES

    def landmark_names(self, root: Path) -> Sequence[str]:
        """Returns the parts of all of them.

        Args:
            root: Folder with the data.
        """
        return LANDMARKS

    def more_features(self) -> dict[str, Any]:
        """Returns VOC2010's flags."""
        return {"occluded": np.int8, "truncated": np.int8}

    def images(self, root: Path) -> Iterator[Path]:
        """Yields the image of each annotation.

        Args:
            root: Folder with the data.
        """
        photos = _folder(root, "JPEGImages", "*.jpg")
        for path in _annotations(root):
            yield photos / f"{path.stem}.jpg"

    def objects(self, root: Path, split: str) -> Iterator[PartObject]:
        """Yields the animals, photograph by photograph.

        Args:
            root: Folder with the data.
            split: `train` or `test`.
        """
        photos = _folder(root, "JPEGImages", "*.jpg")
        listed = _lists(root)
        for path in _annotations(root):
            if listed.get(path.stem, split_of(path.stem)) != split:
                continue
            image = photos / f"{path.stem}.jpg"
            told = photos.parent / "Annotations" / f"{path.stem}.xml"
            for animal in read_annotation(path):
                yield PartObject(
                    image=image,
                    file=f"{image.name}#{animal.index}",
                    category=animal.category,
                    box=animal.box,
                    landmarks=animal.landmarks,
                    size=animal.size,
                    more=voc_flags(told, animal.category, animal.box),
                )


def _annotations(root: Path) -> list[Path]:
    return sorted(_folder(root, "Annotations_Part", "*.mat").glob("*.mat"))


def _folder(root: Path, name: str, pattern: str) -> Path:
    for place in _VOC:
        if (root / place / name).is_dir():
            return root / place / name
    # Everything in one folder, as small samples come.
    if any(root.glob(pattern)):
        return root
    raise InputError(
        f"`manual_dir`: there is no folder {name!r}, received '{root}'."
    )


def _lists(root: Path) -> dict[str, str]:
    """Returns VOC2010's own split of each image, if its lists are there."""
    found = {}
    for place in _VOC:
        for split, name in _LISTS.items():
            path = root / place / "ImageSets" / "Main" / name
            if path.is_file():
                stems = path.read_text(encoding="utf-8").split()
                found.update(dict.fromkeys(stems, split))
    return found
