"""Where an exported model lies, and what lies beside it."""

from pathlib import Path
from typing import Any

from tf_explainer.errors import InputError
from tf_explainer.export.names import ASSETS, NAMES, names_in


def version_folder(path: str | Path) -> Path:
    """Returns the folder of a version of a model.

    Args:
        path: The folder itself, or that of several versions, of which the
            newest is taken.

    Raises:
        InputError: If there is no SavedModel.
    """
    found = Path(path)
    if found.is_dir() and not _is_model(found):
        versions = [one for one in found.iterdir() if one.name.isdecimal()]
        whole = [one for one in versions if _is_model(one)]
        found = max(whole, key=lambda one: int(one.name), default=found)
    if not _is_model(found):
        raise InputError(
            "`--model` must be a folder with a SavedModel or with versions "
            f"1, 2, … of one, received {path}."
        )
    return found


def _is_model(folder: Path) -> bool:
    return (folder / "saved_model.pb").is_file()


def read_names(folder: Path) -> dict[str, Any]:
    """Returns what classes and parts of an exported model are called.

    Args:
        folder: Of a version.

    Raises:
        InputError: If it is none, or was written by an older version.
    """
    file = folder / ASSETS / NAMES
    if not _is_model(folder) or not file.is_file():
        raise InputError(
            "`--model` must be a SavedModel that tf-explainer export wrote, "
            f"received {folder}."
        )
    names = names_in(file.read_bytes, file)
    if "part_filters" not in names:
        raise outdated(folder, "no filters of parts")
    return names


def outdated(folder: str | Path, reason: str) -> InputError:
    """Returns the error of a model that lacks what is needed.

    Args:
        folder: Of a version.
        reason: What it lacks.
    """
    return InputError(
        f"`--model` was written by an older tf_explainer ({reason}), received "
        f"{folder}. Write a new one by tf-explainer export RUN, and serve "
        "that by --model."
    )
