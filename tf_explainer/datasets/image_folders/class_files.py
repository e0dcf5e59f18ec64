"""Which images belong to which category and split, by their folders."""

import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from tf_explainer.datasets.category_choice import tidy_name
from tf_explainer.datasets.image_folders.images import (
    ImagesBelow,
    is_image,
    visible,
)
from tf_explainer.errors import InputError

_TRAIN = "train"
# The first that is there is tested on.
_TESTS = ("test", "val", "validation")
_LIKE_SPLITS = {
    *("train", "training", "test", "testing", "dev", "eval", "evaluation"),
    *("val", "valid", "validation", "holdout", "held_out"),
}
# What stands beside `images` where there are landmarks or masks.
_OF_IMAGES = {
    *("annotation", "annotations", "keypoints", "label", "labels"),
    *("landmarks", "mask", "masks", "segmentations"),
}
_TABLES = (".csv", ".tsv", ".json", ".xlsx", ".xml", ".mat")
_BESIDE = "images beside the class folders, left out"
_NO_IMAGES = "no images, left out"
_NAMED = 5


@dataclasses.dataclass(frozen=True)
class ClassFiles:
    """The images of a folder with one subfolder a category.

    Attributes:
        categories: Tidy names of the subfolders, in the order of those on
            the disk, which is that of Keras.
        files: One `(path, category, split)` an image; the split is `train`,
            `test`, or None where the folder does not say it.
        notes: What a user should know of what was left out, in sentences.
    """

    categories: tuple[str, ...]
    files: tuple[tuple[Path, str, str | None], ...]
    notes: tuple[str, ...]

    @classmethod
    def find(cls, folder: Path) -> "ClassFiles":
        """Looks through `CLASS/…`, or `train/CLASS/…` and `test/CLASS/…`.

        Args:
            folder: An existing folder.

        Raises:
            InputError: If it holds no such folders, or if it is not clear
                what they mean.
        """
        splits, notes = _split_folders(folder)
        found = {split: _classes(place) for split, place in splits.items()}
        first, *rest = found.values()
        for classes in rest:
            notes += _compare(first, classes, folder)
        files = [
            (path, category, split)
            for split, classes in found.items()
            for category, below in classes.items()
            for path in below.images
        ]
        beside = [
            path
            for place in dict.fromkeys([folder, *splits.values()])
            for path in visible(place)
            if not path.is_dir()
        ]
        others = [path for path in beside if not is_image(path)]
        for classes in found.values():
            others += [p for below in classes.values() for p in below.others]
        notes += _told(folder, [p for p in beside if is_image(p)], _BESIDE)
        notes += _told(folder, others, _NO_IMAGES)
        return cls(tuple(first), tuple(files), tuple(notes))


def _split_folders(
    folder: Path,
) -> tuple[Mapping[str | None, Path], list[str]]:
    """Returns the folders that hold class folders, by split."""
    folders = {path.name: path for path in visible(folder) if path.is_dir()}
    like = [name for name in folders if name.lower() in _LIKE_SPLITS]
    # Trains are a category of many data sets.
    category = like == [_TRAIN] and len(folders) > 1
    if not like or (category and _holds_images(folders[_TRAIN])):
        _check_images_folder(folder, list(folders))
        return {None: folder}, []
    tests = [name for name in _TESTS if name in folders]
    unknown = {*folders} - {_TRAIN, *_TESTS}
    if unknown or _TRAIN not in folders or not tests:
        raise InputError(
            "`data`: a folder of splits holds the folders 'train' and 'test' "
            "(or 'val' or 'validation') with a folder for each category in "
            f"them, and no other; received {sorted(folders)} in '{folder}'. "
            "To have test images chosen, name the folder that holds the class "
            "folders."
        )
    if tests[0] == "test":
        notes = [f"{name}/ is left out: test/ is tested on" for name in tests]
        notes = notes[1:]
    elif len(tests) > 1:
        raise InputError(
            f"`data`: call one of {tests} 'test', received both in '{folder}'."
        )
    else:
        notes = [f"{tests[0]}/ is tested on, since there is no test/"]
    return {"train": folders[_TRAIN], "test": folders[tests[0]]}, notes


def _holds_images(folder: Path) -> bool:
    return any(is_image(path) for path in visible(folder))


def _check_images_folder(folder: Path, folders: Sequence[str]) -> None:
    """Refuses what was meant as an annotated folder."""
    if "images" not in folders:
        return
    tables = [p.name for p in visible(folder) if p.suffix.lower() in _TABLES]
    tables += [name for name in folders if name.lower() in _OF_IMAGES]
    if tables or len(folders) == 1:
        beside = f" beside {tables}" if tables else ""
        raise InputError(
            f"`data`: the folder has 'images'{beside} and no "
            f"'annotations.csv', received '{folder}'. Write one, or name the "
            "folder that holds one folder a category."
        )


def _classes(folder: Path) -> dict[str, ImagesBelow]:
    """Returns category to the files of its folder, in the order of Keras."""
    folders = [path for path in visible(folder) if path.is_dir()]
    if not folders:
        raise InputError(
            f"`data`: there must be a folder for each category, received "
            f"'{folder}', which holds none."
        )
    _check_levels(folders)
    found: dict[str, ImagesBelow] = {}
    for path in folders:
        below = ImagesBelow.of(path)
        if not below.images:
            other = [f" It holds {one.name!r}." for one in below.others[:1]]
            raise InputError(
                f"`data`: the class folder '{path}' holds no image; fill or "
                f"remove it.{''.join(other)}"
            )
        name = tidy_name(path.name)
        if not name or name in found:
            raise InputError(
                f"`data`: rename one of the class folders in '{folder}': two "
                f"have the name {name!r} but for spaces or the way letters "
                "are encoded."
            )
        found[name] = below
    return found


def _check_levels(folders: Sequence[Path]) -> None:
    """Refuses folders of folders, whose names may be splits or categories."""
    inside = {
        tuple(path.name for path in visible(folder) if path.is_dir())
        for folder in folders
    }
    shared = next(iter(inside))
    flat = any(_holds_images(folder) for folder in folders)
    if len(inside) > 1 or len(shared) < 2 or flat:
        return
    names = [folder.name for folder in folders]
    if len(names) == 1:
        raise InputError(
            f"`data`: name the folder that holds the class folders, "
            f"'{folders[0]}', received '{folders[0].parent}'."
        )
    raise InputError(
        f"`data`: the folders {names} in '{folders[0].parent}' hold the same "
        f"folders {list(shared)}: which are the categories? Splits are called "
        "'train' and 'test', and a category is one folder."
    )


def _compare(
    train: Mapping[str, ImagesBelow],
    test: Mapping[str, ImagesBelow],
    folder: Path,
) -> list[str]:
    unknown = [name for name in test if name not in train]
    if unknown:
        raise InputError(
            f"`data`: the categories {unknown} are tested on and have no "
            f"folder in 'train', received '{folder}'."
        )
    missing = [name for name in train if name not in test]
    return [f"no image of {missing} is tested on"] if missing else []


def _told(folder: Path, paths: Sequence[Path], what: str) -> list[str]:
    if not paths:
        return []
    names = [path.relative_to(folder).as_posix() for path in paths[:_NAMED]]
    more = ", …" if len(paths) > _NAMED else ""
    return [f"{what}: {len(paths)} ({', '.join(names)}{more})"]
