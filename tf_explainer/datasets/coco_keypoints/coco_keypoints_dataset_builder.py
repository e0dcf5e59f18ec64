"""Any data set in the form of COCO's keypoints."""

import dataclasses
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tf_explainer.datasets.coco_keypoints.coco_file import CocoFile
from tf_explainer.datasets.crops import CropBuilder, CropConfig, PartObject
from tf_explainer.datasets.splits import split_of
from tf_explainer.errors import InputError


@dataclasses.dataclass(kw_only=True)
class CocoKeypointsConfig(CropConfig):
    """Settings of `coco_keypoints`.

    Attributes:
        train: JSON file to train on, relative to `manual_dir`; found as
            `annotations/*keypoints*train*.json` if None.
        test: JSON file to test on; found as `annotations/*keypoints*val*.json`
            if None. Where only one file is there, its images are divided.
        images: Folder with the images, relative to `manual_dir`; looked for
            in `manual_dir` and the folders in it if None.
        crowds: Keep annotations of crowds (`iscrowd`), which have one box for
            many objects.
    """

    train: str | None = None
    test: str | None = None
    images: str | None = None
    crowds: bool = False


_PATTERNS = {
    "train": ("annotations/*keypoints*train*.json", "*train*.json"),
    "test": ("annotations/*keypoints*val*.json", "*val*.json", "*test*.json"),
}


class Builder(CropBuilder):
    """Cuts objects out by the boxes of a JSON file.

    The categories and landmarks are those that the file tells. Landmarks of
    visibility 0 are hidden; those of 1 (labeled though not seen) and 2 count.
    """

    BUILDER_CONFIGS = [CocoKeypointsConfig()]
    MANUAL_DOWNLOAD_INSTRUCTIONS = """
    The folder must hold the images and JSON files in COCO's form, for
    example `annotations/person_keypoints_train2017.json`,
    `annotations/person_keypoints_val2017.json`, `train2017/` and `val2017/`
    of https://cocodataset.org.
    """
    HOMEPAGE = "https://cocodataset.org/#format-data"

    def categories(self, root: Path) -> Sequence[str]:
        """Returns the categories with keypoints, of all files.

        Args:
            root: Folder with the data.
        """
        names = [n for file in self._files(root) for n in file.categories()]
        return list(dict.fromkeys(names))

    def landmark_names(self, root: Path) -> Sequence[str]:
        """Returns the keypoints of all categories, each once.

        Args:
            root: Folder with the data.
        """
        files = self._files(root)
        names = [n for file in files for n in file.landmark_names()]
        return list(dict.fromkeys(names))

    def images(self, root: Path) -> Iterator[Path]:
        """Yields all images.

        Args:
            root: Folder with the data.
        """
        folders = _folders(root, self.builder_config)
        for file in self._files(root):
            for name in file.files():
                yield _find(name, folders, file.path)

    def objects(self, root: Path, split: str) -> Iterator[PartObject]:
        """Yields the objects in the order of the file.

        Args:
            root: Folder with the data.
            split: `train` or `test`.
        """
        folders = _folders(root, self.builder_config)
        paths = _paths(root, self.builder_config)
        # One file is for both splits.
        shared = len(paths) == 1
        path = next(iter(paths.values())) if shared else paths[split]
        for found in self._open(path).objects():
            if shared and split_of(found.file) != split:
                continue
            if found.is_crowd and not self.builder_config.crowds:
                continue
            yield PartObject(
                image=_find(found.file, folders, path),
                file=f"{found.file}#{found.number}",
                category=found.category,
                box=found.box,
                landmarks=found.landmarks,
                size=found.size,
            )

    def _files(self, root: Path) -> list[CocoFile]:
        paths = _paths(root, self.builder_config).values()
        return [self._open(path) for path in dict.fromkeys(paths)]

    def _open(self, path: Path) -> CocoFile:
        # COCO's own files are large; the names in them are needed often.
        if not hasattr(self, "_opened"):
            self._opened: dict[Path, CocoFile] = {}
        if path not in self._opened:
            self._opened[path] = CocoFile(path)
        return self._opened[path]


def _paths(root: Path, config: CocoKeypointsConfig) -> dict[str, Path]:
    """Returns the file of each split; one file alone is for both."""
    found = {}
    for split, given in (("train", config.train), ("test", config.test)):
        if given is not None:
            found[split] = root / given
            if not found[split].is_file():
                raise InputError(f"`{split}`: there is no {found[split]}.")
        elif not (config.train or config.test):
            matches = _matches(root, split)
            if matches:
                found[split] = matches[0]
    if not found:
        files = sorted({*root.glob("*.json"), *root.glob("annotations/*.json")})
        if len(files) != 1:
            raise InputError(
                "Name the JSON files with `train` and `test`; there are "
                f"{[str(path.relative_to(root)) for path in files]} in "
                f"`manual_dir` '{root}'."
            )
        found["train"] = files[0]
    return found


def _matches(root: Path, split: str) -> list[Path]:
    """Returns the file of a split, or none."""
    for pattern in _PATTERNS[split]:
        matches = sorted(root.glob(pattern))
        if len(matches) > 1:
            raise InputError(
                f"`{split}`: which of these files it is must be named, "
                f"received {[str(path.relative_to(root)) for path in matches]}."
            )
        if matches:
            return matches
    return []


def _folders(root: Path, config: CocoKeypointsConfig) -> list[Path]:
    if config.images is not None:
        folder = root / config.images
        if not folder.is_dir():
            raise InputError(f"`images`: there is no folder {folder}.")
        return [folder]
    below = sorted(path for path in root.iterdir() if path.is_dir())
    return [root, *below]


def _find(file: str, folders: list[Path], table: Path) -> Path:
    """Returns the path of an image that a JSON file names."""
    parts = Path(file.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts:
        raise InputError(
            f"`file_name` must lie inside `manual_dir`, received {file!r}."
        )
    holding = [folder for folder in folders if (folder / parts).is_file()]
    if not holding:
        return folders[0] / parts
    if len(holding) > 1:
        holding = _likeliest(holding, table)
    if len(holding) > 1:
        raise InputError(
            f"`images` must name the folder of {table.name}: {file!r} is in "
            f"{' and in '.join(map(repr, map(str, holding)))}."
        )
    return holding[0] / parts


def _likeliest(folders: list[Path], table: Path) -> list[Path]:
    """`train2017` for `person_keypoints_train2017.json`, or the JSON's own."""
    named = [one for one in folders if _is_word(one.name, table.stem)]
    own = [one for one in folders if one == table.parent]
    return next((f for f in (named, own) if len(f) == 1), folders)


def _is_word(word: str, text: str) -> bool:
    """Whether a word is in a text, not as a part of a longer one."""
    pattern = rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])"
    return re.search(pattern, text) is not None
