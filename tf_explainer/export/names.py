"""What parts and classes are called, beside a SavedModel."""

import json
from pathlib import Path
from typing import Any

from tf_explainer.explainer import Explainer
from tf_explainer.whole_files import atomic_write

# TensorFlow leaves this folder to users; its own loaders do not look there.
ASSETS = "assets.extra"
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
    with atomic_write(Path(saved_model) / ASSETS / "names.json") as beside:
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
