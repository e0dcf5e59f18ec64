"""The archive of CUB-200-2011 and its text files."""

import dataclasses
import hashlib
import tempfile
from pathlib import Path

import tensorflow_datasets as tfds
from tensorflow_datasets.core.download.extractor import ExtractError

from tf_explainer.datasets.crops.objects import Box
from tf_explainer.errors import InputError


def unpack(archive: Path, dl_manager: tfds.download.DownloadManager) -> Path:
    """Unpacks an archive to where tfds keeps such, once.

    tfds knows what it has unpacked by the archive's name alone, and would
    take the content of an earlier archive of this name. Here place, size and
    time tell archives apart.

    Args:
        archive: The archive.
        dl_manager: Unpacks.

    Returns:
        Folder with its content.

    Raises:
        InputError: If it is broken.
    """
    told = archive.stat()
    facts = repr((str(archive), told.st_size, told.st_mtime_ns))
    key = hashlib.sha256(facts.encode()).hexdigest()[:12]
    with tempfile.TemporaryDirectory() as folder:
        link = Path(folder) / f"{key}.{archive.name}"
        link.symlink_to(archive.resolve())
        try:
            return Path(dl_manager.extract(link))
        except ExtractError as error:
            reason = " ".join(str(error.__cause__ or error).split())
            raise InputError(
                f"{archive}: cannot be unpacked: {reason}"
            ) from error


# In the order of parts/parts.txt.
LANDMARKS = (
    "back",
    "beak",
    "belly",
    "breast",
    "crown",
    "forehead",
    "left_eye",
    "left_leg",
    "left_wing",
    "nape",
    "right_eye",
    "right_leg",
    "right_wing",
    "tail",
    "throat",
)


@dataclasses.dataclass(frozen=True, eq=False)
class Bird:
    """One bird; there is one in each image.

    Attributes:
        path: Image file below `images/`.
        species: Name of the species, such as `001.Black_footed_Albatross`.
        split: `train` or `test`.
        box: Its box.
        landmarks: Name to (row, column) in pixels; hidden ones are left out.
    """

    path: str
    species: str
    split: str
    box: Box
    landmarks: dict[str, tuple[float, float]]


def read_birds(root: Path) -> list[Bird]:
    """Returns the birds in the order of `images.txt`.

    Args:
        root: The folder `CUB_200_2011`.

    Raises:
        InputError: If a file is missing, or a line of it is wrong.
    """
    paths = _table(root / "images.txt", 2)
    classes = _table(root / "classes.txt", 2)
    labels = _table(root / "image_class_labels.txt", 2)
    splits = _table(root / "train_test_split.txt", 2)
    boxes = _table(root / "bounding_boxes.txt", 5)
    landmarks = _landmarks(root)
    birds = []
    for image, (path,) in paths.items():
        (label,) = _row(labels, image, root / "image_class_labels.txt")
        (is_train,) = _row(splits, image, root / "train_test_split.txt")
        box = _row(boxes, image, root / "bounding_boxes.txt")
        bird = Bird(
            path=path,
            species=_row(classes, label, root / "classes.txt")[0],
            split="train" if is_train == "1" else "test",
            box=_box(_numbers(box, root / "bounding_boxes.txt", image)),
            landmarks=landmarks.get(image, {}),
        )
        birds.append(bird)
    return birds


def read_species(root: Path) -> list[str]:
    """Returns the names of the species in order.

    Args:
        root: The folder `CUB_200_2011`.

    Raises:
        InputError: If `classes.txt` is missing or wrong.
    """
    return [name for (name,) in _table(root / "classes.txt", 2).values()]


def _landmarks(root: Path) -> dict[str, dict[str, tuple[float, float]]]:
    path = root / "parts" / "part_locs.txt"
    found: dict[str, dict[str, tuple[float, float]]] = {}
    for number, (image, part, x, y, visible) in _lines(path, 5):
        if visible != "1":
            continue
        column, row, index = _numbers([x, y, part], path, f"line {number}")
        if not 1 <= index <= len(LANDMARKS):
            raise InputError(
                f"{path}, line {number}: part must be within [1, "
                f"{len(LANDMARKS)}], received {part}."
            )
        name = LANDMARKS[int(index) - 1]
        found.setdefault(image, {})[name] = (row, column)
    return found


def _lines(path: Path, columns: int) -> list[tuple[int, list[str]]]:
    if not path.is_file():
        raise InputError(f"{path}: there is no such file.")
    found = []
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if len(words) != columns:
            raise InputError(
                f"{path}, line {number}: must have {columns} columns, "
                f"received {line!r}."
            )
        found.append((number, words))
    return found


def _table(path: Path, columns: int) -> dict[str, list[str]]:
    return {words[0]: words[1:] for _, words in _lines(path, columns)}


def _row(table: dict[str, list[str]], key: str, path: Path) -> list[str]:
    if key not in table:
        raise InputError(f"{path}: has no line for {key!r}.")
    return table[key]


def _numbers(words: list[str], path: Path, where: str) -> list[float]:
    try:
        return [float(word) for word in words]
    except ValueError:
        raise InputError(
            f"{path}, {where}: must be numbers, received {words}."
        ) from None


def _box(numbers: list[float]) -> Box:
    left, top, width, height = numbers
    return Box(top, left, top + height, left + width)
