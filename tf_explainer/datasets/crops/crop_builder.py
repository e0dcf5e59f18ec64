"""A tfds builder that cuts objects out of photographs."""

import abc
import dataclasses
import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import tensorflow_datasets as tfds
from PIL import Image

from tf_explainer.datasets.crops.objects import (
    Box,
    PartObject,
    cut_out,
    photograph,
)
from tf_explainer.datasets.encoded_images.eager import BROKEN
from tf_explainer.errors import InputError


@dataclasses.dataclass(kw_only=True)
class CropConfig(tfds.core.BuilderConfig):
    """Settings of a data set of photographs; its files are kept by them.

    Attributes:
        name: Made from the other settings.
        manual_dir: Folder with the user's copy of the data; None for the
            place where tfds looks for it.
        context: What is added on each side of the object's box, as a share
            of the box's height and width.
        smallest: Objects with a box of less area than a square of this side
            are left out, in pixels; the 50 of the paper's authors.
        skip_broken: Leave out, and count, images that are missing, cannot be
            read or are not of the size that was annotated, instead of
            stopping.
    """

    name: str = ""
    manual_dir: Path | None = None
    context: float = 0.0
    smallest: int = 50
    skip_broken: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.context <= 10:
            raise InputError(
                f"`context` must be within [0, 10], received {self.context}."
            )
        if self.smallest < 1:
            raise InputError(
                f"`smallest` must be >= 1, received {self.smallest}."
            )
        if self.manual_dir is not None:
            self.manual_dir = Path(self.manual_dir).expanduser().resolve()
            if not self.manual_dir.is_dir():
                raise InputError(
                    "`manual_dir`: there is no folder, received "
                    f"'{self.manual_dir}'."
                )
        self.name = self._name()

    def _name(self) -> str:
        """Returns a name that no other settings have."""
        settings = {
            field.name: str(getattr(self, field.name))
            for field in dataclasses.fields(type(self))
            if field.name not in _OF_TFDS
        }
        text = repr(sorted(settings.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:12]


_OF_TFDS = {
    "name",
    *(field.name for field in dataclasses.fields(tfds.core.BuilderConfig)),
}
Example = dict[str, Any]
_SPLITS = ("train", "test")
_QUALITY = 95


class CropBuilder(  # type: ignore[call-arg]  # tfds is read without types.
    tfds.core.GeneratorBasedBuilder, skip_registration=True
):
    """Cuts objects out of photographs, one at a time.

    A data set says what its objects are, in `objects`; one object after the
    other is read, cut out, and written. Objects that are too small are left
    out and counted, those whose image is missing, broken or not as it was
    annotated too if `skip_broken` asks for it. The counts are in
    `info.metadata["dropped"]`, by split, category and reason.

    An example holds the crop in the photograph's own resolution, `label`,
    `landmarks` (fractions of the crop), `bbox` (the object in the photograph,
    as fractions), `file`, and what the data set adds.
    """

    VERSION = tfds.core.Version("1.1.0")
    RELEASE_NOTES = {
        "1.0.0": "First release.",
        "1.1.0": "Images of another size than annotated are refused, "
        "photographs with an EXIF orientation turned or refused.",
    }
    BUILDER_CONFIGS = [CropConfig()]
    HOMEPAGE: ClassVar[str] = ""
    ENCODING: ClassVar[str] = "jpeg"

    @abc.abstractmethod
    def objects(self, root: Path, split: str) -> Iterator[PartObject]:
        """Yields the objects of a split, one at a time.

        Args:
            root: Folder with the data.
            split: `train` or `test`.
        """

    @abc.abstractmethod
    def images(self, root: Path) -> Iterator[Path]:
        """Yields the path of each image that should be there.

        Args:
            root: Folder with the data.
        """

    @abc.abstractmethod
    def categories(self, root: Path) -> Sequence[str]:
        """Returns the names of the categories, in the order of the labels.

        Args:
            root: Folder with the data.
        """

    @abc.abstractmethod
    def landmark_names(self, root: Path) -> Sequence[str]:
        """Returns the names of the landmarks, in order.

        Args:
            root: Folder with the data.
        """

    def more_features(self) -> dict[str, Any]:
        """Returns the features that only this data set has."""
        return {}

    def root(self, dl_manager: tfds.download.DownloadManager) -> Path:
        """Returns the folder with the data.

        Args:
            dl_manager: Knows where tfds looks for data.
        """
        return Path(self.builder_config.manual_dir or dl_manager.manual_dir)

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(
                        shape=(None, None, 3), encoding_format=self.ENCODING
                    ),
                    # Names and numbers are known when the data are at hand.
                    "label": tfds.features.ClassLabel(),
                    "landmarks": tfds.features.Tensor(
                        shape=(None, 2), dtype=np.float32
                    ),
                    "bbox": tfds.features.BBoxFeature(),
                    "file": tfds.features.Text(),
                    **self.more_features(),
                }
            ),
            supervised_keys=("image", "label"),
            homepage=self.HOMEPAGE,
            metadata=tfds.core.MetadataDict(landmark_names=[], dropped={}),
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator[tuple[int, Example]]]:
        root = self.root(dl_manager)
        self.info.features["label"].names = list(self.categories(root))
        self.info.metadata["landmark_names"] = list(self.landmark_names(root))
        if not self.builder_config.skip_broken:
            self._check_images(root)
        return {
            split: self._generate_examples(root, split) for split in _SPLITS
        }

    def _check_images(self, root: Path) -> None:
        total, missing = 0, []
        for path in self.images(root):
            total += 1
            if not path.is_file():
                missing.append(path)
        if missing:
            raise InputError(
                f"{len(missing)} of {total} images are missing, the first is "
                f"{missing[0]}; complete the download, or leave them out with "
                "`skip_broken`."
            )
        if not total:
            raise InputError(f"{root}: data set {self.name!r} has no images.")

    def _generate_examples(
        self, root: Path, split: str
    ) -> Iterator[tuple[int, Example]]:
        dropped: dict[str, Counter[str]] = {}
        index = 0
        for found in self.objects(root, split):
            example, reason = self._example(found)
            if example is None:
                dropped.setdefault(found.category, Counter())[reason] += 1
                continue
            yield index, example
            index += 1
        counts = {name: dict(count) for name, count in dropped.items()}
        if not index:
            raise InputError(
                f"{root}: no object is left for the split {split!r}; left out "
                f"were {counts}."
            )
        self.info.metadata["dropped"][split] = counts

    def _example(self, found: PartObject) -> tuple[Example | None, str]:
        config = self.builder_config
        box = found.box
        # A box below 0 is none; cutting it out tells so.
        if box and 0 <= _area(box) < config.smallest**2:
            return None, "small"
        try:
            image = photograph(found.image, found.size)
            box = box or Box(0, 0, image.height, image.width)
            crop, landmarks = cut_out(
                image,
                box,
                config.context,
                found.landmarks,
                self.info.metadata["landmark_names"],
            )
        except BROKEN as error:
            if config.skip_broken:
                return None, "broken"
            reason = " ".join(str(error).split()) or type(error).__name__
            raise InputError(
                f"{found.image}: cannot be used ({found.file}): {reason}; mend "
                "it, or leave such images out with `skip_broken`."
            ) from error
        return {
            "image": self._encode(crop),
            "label": found.category,
            "landmarks": landmarks,
            "bbox": _fractions(box, image),
            "file": found.file,
            **found.more,
        }, ""

    def _encode(self, crop: Image.Image) -> bytes:
        file = io.BytesIO()
        if self.ENCODING == "jpeg":
            crop.save(file, "jpeg", quality=_QUALITY, subsampling=0)
        else:
            crop.save(file, self.ENCODING)
        return file.getvalue()


def _area(box: Box) -> float:
    return (box.bottom - box.top) * (box.right - box.left)


def _fractions(box: Box, image: Image.Image) -> tfds.features.BBox:
    rows, columns = image.height, image.width
    return tfds.features.BBox(
        ymin=max(box.top / rows, 0.0),
        xmin=max(box.left / columns, 0.0),
        ymax=min(box.bottom / rows, 1.0),
        xmax=min(box.right / columns, 1.0),
    )
