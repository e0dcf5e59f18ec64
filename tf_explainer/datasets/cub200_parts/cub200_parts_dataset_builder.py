"""CUB-200-2011: birds with their boxes and fifteen landmarks."""

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import tensorflow_datasets as tfds

from tf_explainer.datasets.crops import CropBuilder, CropConfig, PartObject
from tf_explainer.datasets.cub200_parts.tables import (
    LANDMARKS,
    read_birds,
    read_species,
    unpack,
)
from tf_explainer.errors import InputError


@dataclasses.dataclass(kw_only=True)
class Cub200PartsConfig(CropConfig):
    """Settings of `cub200_parts`.

    Attributes:
        one_category: All birds are the category `bird`, as in the paper;
            otherwise each species is one.
    """

    one_category: bool = True


_URL = (
    "https://data.caltech.edu/records/65de6-vp158/files/"
    "CUB_200_2011.tgz?download=1"
)
_FOLDER = "CUB_200_2011"


class Builder(CropBuilder):
    """Cuts the birds out by their boxes.

    Without `manual_dir` the archive is downloaded (1.2 GB) and compared with
    its checksum; `manual_dir` holds the archive or what is in it.
    """

    BUILDER_CONFIGS = [Cub200PartsConfig()]
    HOMEPAGE = "https://www.vision.caltech.edu/datasets/cub_200_2011/"

    def categories(self, root: Path) -> Sequence[str]:
        """Returns `bird`, or the two hundred species.

        Args:
            root: The folder `CUB_200_2011`.
        """
        if self.builder_config.one_category:
            return ["bird"]
        return read_species(root)

    def landmark_names(self, root: Path) -> Sequence[str]:
        """Returns the fifteen landmarks.

        Args:
            root: The folder `CUB_200_2011`.
        """
        return LANDMARKS

    def root(self, dl_manager: tfds.download.DownloadManager) -> Path:
        """Returns the folder `CUB_200_2011`.

        Args:
            dl_manager: Downloads and unpacks.

        Raises:
            InputError: If `manual_dir` holds neither folder nor archive, or
                the archive is broken.
        """
        manual = self.builder_config.manual_dir
        if manual is None:
            return Path(dl_manager.download_and_extract(_URL)) / _FOLDER
        for place in (manual, manual / _FOLDER):
            if (place / "images.txt").is_file():
                return place
        archive = manual / f"{_FOLDER}.tgz"
        if not archive.is_file():
            raise InputError(
                f"`manual_dir`: there is neither {_FOLDER}/images.txt nor "
                f"{_FOLDER}.tgz, received '{manual}'."
            )
        return unpack(archive, dl_manager) / _FOLDER

    def images(self, root: Path) -> Iterator[Path]:
        """Yields all images.

        Args:
            root: The folder `CUB_200_2011`.
        """
        for bird in read_birds(root):
            yield root / "images" / bird.path

    def objects(self, root: Path, split: str) -> Iterator[PartObject]:
        """Yields the birds of a split.

        Args:
            root: The folder `CUB_200_2011`.
            split: `train` or `test`.
        """
        whole = self.builder_config.one_category
        for bird in read_birds(root):
            if bird.split == split:
                yield PartObject(
                    image=root / "images" / bird.path,
                    file=bird.path,
                    category="bird" if whole else bird.species,
                    box=bird.box,
                    landmarks=bird.landmarks,
                )
