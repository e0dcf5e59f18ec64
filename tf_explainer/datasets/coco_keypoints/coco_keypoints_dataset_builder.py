"""Any data set in the form of COCO's keypoints."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tf_explainer.datasets.coco_keypoints.coco_file import CocoFile
from tf_explainer.datasets.coco_keypoints.coco_keypoints_config import (
    CocoKeypointsConfig,
)
from tf_explainer.datasets.crops import CropBuilder, PartObject
from tf_explainer.datasets.split_of import split_of
from tf_explainer.errors import InputError

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
                yield _find(name, folders)

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
                image=_find(found.file, folders),
                file=f"{found.file}#{found.number}",
                category=found.category,
                box=found.box,
                landmarks=found.landmarks,
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
            matches = [p for n in _PATTERNS[split] for p in root.glob(n)]
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


def _folders(root: Path, config: CocoKeypointsConfig) -> list[Path]:
    if config.images is not None:
        folder = root / config.images
        if not folder.is_dir():
            raise InputError(f"`images`: there is no folder {folder}.")
        return [folder]
    below = sorted(path for path in root.iterdir() if path.is_dir())
    return [root, *below]


def _find(file: str, folders: list[Path]) -> Path:
    parts = Path(file.replace("\\", "/"))
    if parts.is_absolute() or ".." in parts.parts:
        raise InputError(
            f"`file_name` must lie inside `manual_dir`, received {file!r}."
        )
    places = [folder / parts for folder in folders]
    return next((place for place in places if place.is_file()), places[0])
