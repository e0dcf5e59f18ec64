"""A run's explainer, or an exported one, behind a server."""

import gc
from collections.abc import Callable
from pathlib import Path

from tf_explainer.config.serving import ServingOptions
from tf_explainer.errors import InputError
from tf_explainer.runs.explained_run import explained_folder
from tf_explainer.runs.stopping import signals_left_to
from tf_explainer.serving.configuration import check_name
from tf_explainer.serving.interface import kserve_api
from tf_explainer.serving.model_folder import version_folder
from tf_explainer.serving.served_model import ServedModel
from tf_explainer.serving.server import (
    application,
    listening_socket,
    read_token,
    server_of,
)


def serve(
    run: Path | None,
    model: Path | None,
    options: ServingOptions,
    tell: Callable[[str], None],
) -> None:
    """Answers about an explainer until the process is told to end.

    Args:
        run: The `--out` folder of a run; `None` for none.
        model: Folder of a SavedModel, or of versions of one; `None` for that
            of the run.
        options: Where it listens, and how much is taken on.
        tell: Is called with the address when it listens.

    Raises:
        InputError: If there is no such run or model, KServe is not installed,
            or the place cannot be listened on.
    """
    check_name(options.name)
    kserve_api()
    folder = _model_of(run, model)
    token = read_token(options)
    with listening_socket(options, token) as listening:
        served = ServedModel(folder, options.max_pixels)
        # Else the first who asks waits for many times as long.
        served.warm_up()
        server = server_of(application(served, options, token), options)
        # A body of numbers makes so many lists that Python would search all of
        # TensorFlow for garbage, which takes longer than the answer.
        gc.collect()
        gc.freeze()
        host, port = listening.getsockname()[:2]
        host = f"[{host}]" if ":" in host else host
        with signals_left_to(server.handle_exit):
            tell(f"http://{host}:{port}/v1/models/{options.name}")
            server.run(sockets=[listening])


def _model_of(run: Path | None, model: Path | None) -> Path:
    if (run is None) == (model is None):
        raise InputError(
            "either `RUN` or `--model` says what is served, received "
            f"{'both' if run else 'neither'}."
        )
    if model is not None:
        return version_folder(model)
    folder = explained_folder(Path(run or ""))
    if not folder.saved_model.is_dir():
        raise InputError(
            f"`RUN` has no SavedModel yet, received {run}. Run: tf-explainer "
            f"run --out {run} --resume"
        )
    return folder.saved_model
