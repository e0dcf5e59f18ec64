"""The performer's features, computed once for all who ask."""

import dataclasses
import hashlib
import json
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tensorflow as tf

from tf_explainer.datasets.part_split import PartSplit
from tf_explainer.explainer import Explainer
from tf_explainer.explainer.feature_batches import has_views
from tf_explainer.steps.settings import Settings
from tf_explainer.training.schedule import Schedule

# Of the options on data those that change no image.
_OTHERS = ("seed", "landmarks")


class KeptFeatures:
    """The features of one data set, in memory or on disk.

    A run learns from them and measures with them, and the runs of a grid that
    share a performer do so again and again. Those of another performer, cut
    or data set take their place.
    """

    def __init__(self) -> None:
        self._key = ""
        self._kept: dict[str, tf.data.Dataset] = {}
        self._files: dict[str, tuple[str, ...]] = {}
        self._seeds: dict[str, int] = {}
        self._folder = tempfile.mkdtemp(prefix="tf_explainer_")
        # At the end of the process, too.
        weakref.finalize(self, shutil.rmtree, self._folder, True)

    def of(
        self,
        explainer: Explainer,
        settings: Settings,
        name: str,
        split: PartSplit,
        tell: Callable[[int, int | None], None] | None = None,
        moved: bool = False,
    ) -> tf.data.Dataset:
        """Returns the features of a split, see `Explainer.cached_features`.

        Who asks for the images alone gets their moved views, too, if these
        are there already.

        Args:
            explainer: Whose performer sees the images.
            settings: Which images they are.
            name: `train` or `test`.
            split: The images.
            tell: Called with the number of images done and of all images.
            moved: Whether the moved views of each image are asked for.
        """
        key = _key(explainer, settings)
        if key != self._key:
            self._key, self._kept = key, {}
            _empty(self._folder)
        views = Schedule.of(views=settings.views).views if moved else 0
        if self._files.get(name) != split.files:
            # Of class folders the seed chooses which images are of a split.
            self._kept.pop(name, None)
            self._files[name] = split.files
        if not self._has(name, views, settings.seed):
            self._seeds[name] = settings.seed
            self._kept[name] = explainer.cached_features(
                split.batches(settings.batch_size),
                settings.batch_size,
                views=views,
                seed=settings.seed,
                # What is measured is as exact as on the images.
                exact=name == "test",
                directory=tempfile.mkdtemp(dir=self._folder),
                tell=tell,
            )
        return self._kept[name]

    def _has(self, name: str, views: int, seed: int) -> bool:
        kept = self._kept.get(name)
        if kept is None or not views:
            return kept is not None
        # The views of another seed would make this run another one.
        return has_views(kept) and self._seeds[name] == seed


def _empty(folder: str) -> None:
    for path in Path(folder).iterdir():
        shutil.rmtree(path, ignore_errors=True)


def _key(explainer: Explainer, settings: Settings) -> str:
    digest = hashlib.sha256(explainer.performer.to_json().encode())
    for weight in explainer.performer.get_weights():
        digest.update(weight.tobytes())
    images = {
        field.name: getattr(settings, field.name)
        for field in dataclasses.fields(Settings)
        if field.metadata["group"] == "data" and field.name not in _OTHERS
    }
    cut: Any = dataclasses.asdict(explainer.attachment.cut)
    facts = [images, cut, settings.batch_size, settings.views]
    digest.update(json.dumps(facts, default=str).encode())
    return digest.hexdigest()
