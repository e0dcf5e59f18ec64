"""The files that servers start with: TensorFlow Serving's image, KServe."""

import re
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import jinja2

from tf_explainer import __version__
from tf_explainer.config.serving import (
    SERVERS,
    TOKEN_VARIABLE,
    ServingOptions,
)
from tf_explainer.errors import InputError
from tf_explainer.whole_files import atomic_write

_TENSORFLOW, _KSERVE = SERVERS
FILES = {
    _TENSORFLOW: (
        *("models.config", "batching.conf", "monitoring.conf"),
        *("compose.yaml", "ask.sh", "ask.py"),
    ),
    _KSERVE: ("inference_service.yaml", "Dockerfile"),
}
BATCH_SIZE = 32
# It stands in an address, a path and a container's name.
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
# And here in names of hosts, with "-explainer-default" behind it.
_HOST_NAME = re.compile(r"[a-z]([a-z0-9-]{0,38}[a-z0-9])?")


def check_name(name: str, server: str = _TENSORFLOW) -> None:
    """Refuses what a server cannot call a model.

    Args:
        name: What the model is called in addresses.
        server: One of `SERVERS`.

    Raises:
        InputError: If it is anything but small letters, digits, _ and -, for
            KServe without _, or if there is no such server.
    """
    if server not in SERVERS:
        raise InputError(
            f"`server` must be one of {', '.join(SERVERS)}, received "
            f"{server!r}."
        )
    if not _NAME.fullmatch(name):
        raise InputError(
            "`name` must be of small letters, digits, _ and -, at most 63, "
            f"received {name!r}."
        )
    if server == _KSERVE and not _HOST_NAME.fullmatch(name):
        raise InputError(
            "`name` must be of small letters, digits and - for kserve, a "
            f"letter first and no - last, at most 40, received {name!r}."
        )


def write_configuration(
    out: str | Path,
    name: str,
    part_names: Sequence[str] = (),
    batch_size: int = BATCH_SIZE,
    server: str = _TENSORFLOW,
) -> list[Path]:
    """Writes what a server of a model needs beside the model.

    The model's versions belong into `out/models/<name>/1`, `/2`, …; then
    `docker compose up` in `out` serves it, or `kubectl apply`.

    Args:
        out: Folder to write.
        name: What the model is called in addresses.
        part_names: What its parts are called, for the example.
        batch_size: Images that are answered together at most.
        server: One of `SERVERS`.

    Returns:
        The files. Of `tensorflow`: configurations of models, batching and
        monitoring, `compose.yaml`, and examples that ask, `ask.sh` and
        `ask.py`. Of `kserve`: `inference_service.yaml`, and the `Dockerfile`
        of its explainer.

    Raises:
        InputError: If the name or the server is none.
    """
    check_name(name, server)
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tf_explainer", "serving"),
        # Of pages alone; these are none.
        autoescape=jinja2.select_autoescape(),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    values = {
        "name": name,
        "part_names": [*map(str, part_names)],
        "batch_size": batch_size,
        "tensorflow": metadata.version("tensorflow"),
        "version": __version__,
        "token_variable": TOKEN_VARIABLE,
        "grace": int(ServingOptions().timeout) + 30,
    }
    written = []
    for file in FILES[server]:
        text = environment.get_template(f"{file}.j2").render(values)
        with atomic_write(Path(out) / file) as beside:
            beside.write_text(text, encoding="utf-8")
        written.append(Path(out) / file)
    return written
