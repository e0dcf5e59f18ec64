"""A run's explainer, asked about new images."""

import dataclasses
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer, Explanation
from tf_explainer.explainer.class_names import class_indices
from tf_explainer.explainer.image_files import file_reader
from tf_explainer.explainer.score_pieces import known_kind
from tf_explainer.performers.model_file import load_model
from tf_explainer.runs.out_folder import OutFolder

_BATCH = 32


def explained_folder(run: Path) -> OutFolder:
    """Returns the folder of a run that has an explainer.

    Args:
        run: The `--out` folder of a run.

    Raises:
        InputError: If it is none, or its explainer is not trained yet.
    """
    folder = OutFolder(run)
    if not Path(run).is_dir() or not folder.is_ours():
        raise InputError(
            f"`RUN` must be the --out folder of a run, received {run}."
        )
    if not folder.is_done("explain"):
        raise InputError(
            f"`RUN` has no explainer yet, received {run}. Run: tf-explainer "
            f"run --out {run} --resume"
        )
    return folder


def load_explainer(path: Path, compile: bool = False) -> Explainer:
    """Returns the explainer in a file.

    Args:
        path: `explainer.keras` of a run.
        compile: Whether its optimizer is read as well.

    Raises:
        InputError: If the file is missing or damaged, or holds another model.
    """
    model = load_model(path, compile)
    if not isinstance(model, Explainer):
        raise InputError(
            f"{path} holds a {type(model).__name__} and no explainer: it is "
            "not the file that the run wrote."
        )
    return model


@dataclasses.dataclass(frozen=True)
class Asked:
    """What is asked of images.

    Args:
        target: Name or number of the class whose score is explained; `None`
            for what the performer decides.
        against: That of a class whose score is taken off; `None` for none.
        kind: See `Explainer.contributions`.
    """

    target: str | None = None
    against: str | None = None
    kind: str | None = None


class RunExplainer:
    """The explainer of a run, which reads images as the run did.

    Args:
        run: The `--out` folder of a run.

    Raises:
        InputError: If there is no such run, or it has no explainer.
    """

    def __init__(self, run: Path) -> None:
        folder = explained_folder(run)
        turned = folder.settings().apply_orientation
        self.explainer = load_explainer(folder.explainer)
        shape: Any = self.explainer.examples.shape
        self._read = file_reader(shape, turned)

    def explain(
        self, paths: Sequence[Path], asked: Asked
    ) -> Iterator[tuple[Path, Explanation | str]]:
        """Returns each file with its explanation, or why there is none.

        They are computed as they are taken, some at a time.

        Args:
            paths: Image files.
            asked: What is asked of them.

        Raises:
            InputError: If a class or the kind is unknown.
        """
        # Not a generator itself: it refuses at once.
        return self._each(paths, self._words(asked))

    def _each(
        self, paths: Sequence[Path], words: dict[str, Any]
    ) -> Iterator[tuple[Path, Explanation | str]]:
        for start in range(0, len(paths), _BATCH):
            batch = paths[start : start + _BATCH]
            told: dict[Path, Explanation | str] = {}
            pixels: dict[Path, np.ndarray] = {}
            for path in batch:
                read = self._read(path)
                if isinstance(read, str):
                    told[path] = read
                else:
                    pixels[path] = read
            told |= self._told(pixels, words)
            yield from ((path, told[path]) for path in batch)

    def _words(self, asked: Asked) -> dict[str, Any]:
        """What `Explainer.explain` is handed; refused before any image is."""
        known_kind(asked.kind, self.explainer.encoder.parts)
        names = self.explainer.class_names
        words: dict[str, Any] = {"kind": asked.kind}
        for argument in ("target", "against"):
            given = getattr(asked, argument)
            if given is not None:
                if given not in names and given.isdecimal():
                    given = int(given)
                (given,) = class_indices(f"--{argument}", given, names, 1)
            words[argument] = given
        if asked.against is not None and words["target"] == words["against"]:
            raise InputError(
                "`--against` must be another class than `--target`, received "
                f"{asked.against} for both."
            )
        return words

    def _told(
        self, pixels: dict[Path, np.ndarray], words: dict[str, Any]
    ) -> dict[Path, Explanation | str]:
        if not pixels:
            return {}
        try:
            found = self.explainer.explain(
                np.stack([*pixels.values()]), **words
            )
        except InputError:
            if len(pixels) == 1:
                # All else has been looked at before.
                reason = "the CNN decides for the class of --against itself"
                return dict.fromkeys(pixels, reason)
            alone = [self._told({k: v}, words) for k, v in pixels.items()]
            return {path: one for told in alone for path, one in told.items()}
        return {
            path: dataclasses.replace(one, source=name_text(path))
            for path, one in zip(pixels, found, strict=True)
        }


def name_text(path: Path) -> str:
    """Returns a path as text that can be written; not every name is UTF-8.

    Args:
        path: Of a file.
    """
    return os.fsencode(path).decode(errors="replace")
