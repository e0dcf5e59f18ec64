"""ILSVRC 2013 DET Animal-Part: thirty animals, head and front legs."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from tf_explainer.datasets.animal_parts.samples import (
    LANDMARKS,
    Sample,
    read_samples,
)
from tf_explainer.datasets.crops import CropBuilder, PartObject
from tf_explainer.datasets.splits import split_of
from tf_explainer.errors import InputError

CATEGORIES = {
    "n01443537": "goldfish",
    "n01503061": "bird",
    "n01639765": "frog",
    "n01662784": "turtle",
    "n01674464": "lizard",
    "n01882714": "koala",
    "n01982650": "lobster",
    "n02084071": "dog",
    "n02118333": "fox",
    "n02121808": "cat",
    "n02129165": "lion",
    "n02129604": "tiger",
    "n02131653": "bear",
    "n02324045": "rabbit",
    "n02342885": "hamster",
    "n02355227": "squirrel",
    "n02374451": "horse",
    "n02391049": "zebra",
    "n02395003": "swine",
    "n02398521": "hippopotamus",
    "n02402425": "cow",
    "n02411705": "sheep",
    "n02419796": "antelope",
    "n02437136": "camel",
    "n02444819": "otter",
    "n02454379": "armadillo",
    "n02484322": "monkey",
    "n02503517": "elephant",
    "n02509815": "red_panda",
    "n02510455": "giant_panda",
}
_TRUTHS = (
    "landmarks/{}",
    "code/data_input/data_input_DET-2015-subset-ILSVRC2013train/{}",
    "interpretableCNN/code/data_input/"
    "data_input_DET-2015-subset-ILSVRC2013train/{}",
    "{}",
)


class Builder(CropBuilder):
    """Cuts the animals out by the published boxes.

    Categories whose folder is missing take no part. Images with the same
    content are in the same split, since a photograph of two animals is there
    twice.
    """

    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    The folder must hold the category folders (`n02121808_obj/` …) of
    https://github.com/zqs1022/detanimalpart and, as `landmarks/n02121808/` …,
    the folders with `truth_part01.mat` of
    https://github.com/zqs1022/interpretableCNN (or a whole copy of that).
    """
    HOMEPAGE = "https://github.com/zqs1022/detanimalpart"

    def categories(self, root: Path) -> Sequence[str]:
        """Returns the thirty animals.

        Args:
            root: Folder with the data.
        """
        return list(CATEGORIES.values())

    def landmark_names(self, root: Path) -> Sequence[str]:
        """Returns head and front legs.

        Args:
            root: Folder with the data.
        """
        return list(LANDMARKS)

    def images(self, root: Path) -> Iterator[Path]:
        """Yields the image of each sample.

        Args:
            root: Folder with the data.
        """
        for wnid in _found(root):
            for sample in self._samples(root, wnid):
                yield _image(root, wnid, sample)

    def objects(self, root: Path, split: str) -> Iterator[PartObject]:
        """Yields the animals, category by category.

        Args:
            root: Folder with the data.
            split: `train` or `test`.
        """
        for wnid in _found(root):
            for sample in self._samples(root, wnid):
                image = _image(root, wnid, sample)
                if split_of(_content(image)) != split:
                    continue
                yield PartObject(
                    image=image,
                    file=f"{wnid}/{image.name}",
                    category=CATEGORIES[wnid],
                    box=sample.box,
                    landmarks=sample.landmarks,
                )

    def _samples(self, root: Path, wnid: str) -> list[Sample]:
        # A file takes a second or two, and each is needed three times.
        if not hasattr(self, "_read"):
            self._read: dict[str, list[Sample]] = {}
        if wnid not in self._read:
            self._read[wnid] = _read(root, wnid)
        return self._read[wnid]


def _found(root: Path) -> list[str]:
    wnids = [wnid for wnid in CATEGORIES if (root / f"{wnid}_obj").is_dir()]
    if not wnids:
        raise InputError(
            "`manual_dir`: there is no category folder such as "
            f"'n02121808_obj', received '{root}'."
        )
    return wnids


def _read(root: Path, wnid: str) -> list[Sample]:
    places = [root / place.format(wnid) for place in _TRUTHS]
    truths = next((place for place in places if place.is_dir()), None)
    if truths is None:
        raise InputError(
            f"`manual_dir`: there is no folder 'landmarks/{wnid}' with "
            f"truth_part01.mat, received '{root}'."
        )
    data = root / f"{wnid}_obj" / "img" / "data.mat"
    return list(read_samples(data, truths))


def _image(root: Path, wnid: str, sample: Sample) -> Path:
    folder = root / f"{wnid}_obj" / "img" / "img"
    return folder / f"{sample.number:05}.jpg"


def _content(image: Path) -> str:
    if not image.is_file():
        return image.name
    return hashlib.sha256(image.read_bytes()).hexdigest()
