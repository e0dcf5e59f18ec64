"""What parts and classes are called, beside a SavedModel."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tf_explainer.errors import InputError, refuse_later
from tf_explainer.explainer import Explainer
from tf_explainer.whole_files import atomic_write

# TensorFlow leaves this folder to users; its own loaders do not look there.
ASSETS, NAMES = "assets.extra", "names.json"
# Of what is told there; raised when a name changes its meaning.
FORMAT = 1


def write_names(explainer: Explainer, saved_model: str | Path) -> None:
    """Writes the file of names of a SavedModel, anew if it is there.

    The model itself does not change, so that a new name needs no new export.

    Args:
        explainer: The one that was exported.
        saved_model: The SavedModel's folder.

    Source:
        A signature without inputs would be refused by TF Serving's REST
        interface ("Failed to get input map", tensorflow/serving#1676).
    """
    told = {"format": FORMAT, **name_tables(explainer)}
    text = json.dumps(told, indent=2, ensure_ascii=False)
    with atomic_write(Path(saved_model) / ASSETS / NAMES) as beside:
        beside.write_text(text + "\n", encoding="utf-8")


def name_tables(explainer: Explainer) -> dict[str, list[Any]]:
    """Returns what classes and parts are called, in the order of the outputs.

    Of each part it tells its filters, too.

    Args:
        explainer: An explainer.
    """
    return {
        "class_names": [*explainer.class_names],
        "part_names": [*explainer.part_names],
        "part_filters": [[*part.filters] for part in explainer.parts],
    }


def names_in(read: Callable[[], bytes], file: str | Path) -> dict[str, Any]:
    """Returns what a file of names holds.

    Args:
        read: Reads the file.
        file: What messages call it.

    Raises:
        InputError: If it is damaged, or of another version.
    """
    try:
        names = json.loads(read())
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(file, str(error)) from error
    if isinstance(names, dict):
        refuse_later(names.get("format"), FORMAT, file)
    if not isinstance(names, dict) or not _are_names(names):
        raise _damaged(file, "it holds other things than names")
    return names


def _are_names(names: dict[str, Any]) -> bool:
    parts, filters = names.get("part_names"), names.get("part_filters", [])
    texts = [names.get("class_names"), parts]
    return (
        all(isinstance(one, list) for one in (*texts, filters))
        and all(isinstance(text, str) for one in texts for text in one or ())
        and all(isinstance(one, list) for one in filters)
        and all(type(one) is int for few in filters for one in few)
        and ("part_filters" not in names or len(parts or ()) == len(filters))
    )


def _damaged(file: str | Path, why: str) -> InputError:
    return InputError(
        f"{file} is damaged ({why}); copy it again, or write a new model by "
        "tf-explainer export RUN."
    )
