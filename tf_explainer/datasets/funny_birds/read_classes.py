"""The class of each image of a split."""

from pathlib import Path

import ijson

from tf_explainer.errors import InputError


def read_classes(path: Path) -> list[int]:
    """Returns the class of each image, in order.

    Each entry also tells how its bird was rendered, which makes the files
    large: they are read entry by entry.

    Args:
        path: `dataset_train.json` or `dataset_test.json`.

    Raises:
        InputError: If the file cannot be read or is of another form.
    """
    try:
        with open(path, "rb") as file:
            entries = ijson.items(file, "item", use_float=True)
            found = [int(entry["class_idx"]) for entry in entries]
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}.") from None
    except KeyError:
        raise InputError(f"{path}: an entry has no 'class_idx'.") from None
    except (ijson.JSONError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path}: is not a list of birds in JSON: {reason}"
        ) from error
    if not found:
        raise InputError(f"{path}: is not a list of birds in JSON.")
    return found
