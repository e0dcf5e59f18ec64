"""The files that TensorFlow Serving's own image starts with."""

import re
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import jinja2

from tf_explainer.errors import InputError
from tf_explainer.whole_files import atomic_write

FILES = (
    *("models.config", "batching.conf", "monitoring.conf"),
    *("compose.yaml", "ask.sh", "ask.py"),
)
BATCH_SIZE = 32
# It stands in an address, a path and a container's name.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def check_name(name: str) -> None:
    """Refuses what no server can call a model.

    Args:
        name: What the model is called in addresses.

    Raises:
        InputError: If it is anything but small letters, digits, _ and -.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            "`name` must be of small letters, digits, _ and -, at most 63, "
            f"received {name!r}."
        )


def write_configuration(
    out: str | Path,
    name: str,
    part_names: Sequence[str] = (),
    batch_size: int = BATCH_SIZE,
) -> list[Path]:
    """Writes what a server of a model needs beside the model.

    The model's versions belong into `out/models/<name>/1`, `/2`, …; then
    `docker compose up` in `out` serves it.

    Args:
        out: Folder to write.
        name: What the model is called in addresses.
        part_names: What its parts are called, for the example.
        batch_size: Images that are answered together at most.

    Returns:
        The files: configurations of models, batching and monitoring,
        `compose.yaml`, and examples that ask, `ask.sh` and `ask.py`.

    Raises:
        InputError: If the name is none.
    """
    check_name(name)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tf_explainer", "serving"),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    values = {
        "name": name,
        "part_names": [*map(str, part_names)],
        "batch_size": batch_size,
        "tensorflow": metadata.version("tensorflow"),
    }
    written = []
    for file in FILES:
        text = environment.get_template(f"{file}.j2").render(values)
        with atomic_write(Path(out) / file) as beside:
            beside.write_text(text, encoding="utf-8")
        written.append(Path(out) / file)
    return written
