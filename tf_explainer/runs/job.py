"""What every step is handed."""

import contextlib
import dataclasses
import functools
import io
import json
import random
import shutil
import tempfile
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf
from rich.console import Console

from tf_explainer.config.schedule import Schedule
from tf_explainer.config.settings import Settings
from tf_explainer.datasets import open_dataset
from tf_explainer.datasets.opening import folder_of
from tf_explainer.datasets.part_dataset import PartDataset, PartSplit
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.features.batches import has_views
from tf_explainer.features.shared_features import performer_digest
from tf_explainer.performers.model_file import load_model
from tf_explainer.runs.explained_run import load_explainer
from tf_explainer.runs.out_folder import OutFolder

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
        views = _views(settings) if moved else 0
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


def _views(settings: Settings) -> int:
    return Schedule(**settings.given(Schedule)).views


def _empty(folder: str) -> None:
    for path in Path(folder).iterdir():
        shutil.rmtree(path, ignore_errors=True)


def _key(explainer: Explainer, settings: Settings) -> str:
    images = {
        field.name: getattr(settings, field.name)
        for field in dataclasses.fields(Settings)
        if field.metadata["group"] == "data" and field.name not in _OTHERS
    }
    cut: Any = dataclasses.asdict(explainer.attachment.cut)
    facts = [images, cut, settings.batch_size, _views(settings)]
    return performer_digest(explainer.performer) + json.dumps(
        facts, default=str
    )


@dataclasses.dataclass(frozen=True, eq=False)
class Job:
    """Settings, folder and display of a run; data and models on demand.

    The models are read from the folder, so that later steps see exactly what
    the user will load.

    Args:
        settings: What the run does.
        folder: Where it reads and writes.
        console: Where progress is shown.
        kept: Features that earlier runs of a grid may have left.
        told: Notes on the images that the user has read already.
        strategy: The devices that the explainer learns on.
        call_others: Calls other machines, if there are any, to learn, too.
    """

    settings: Settings
    folder: OutFolder
    console: Console
    kept: KeptFeatures = dataclasses.field(default_factory=KeptFeatures)
    told: set[str] = dataclasses.field(default_factory=set)
    strategy: tf.distribute.Strategy = dataclasses.field(
        default_factory=tf.distribute.get_strategy
    )
    call_others: Callable[[], None] = lambda: None

    @functools.cached_property
    def performer(self) -> keras.Model:
        """The CNN that is explained."""
        model = load_model(self.folder.performer)
        if isinstance(model, Explainer):
            raise InputError(
                f"{self.folder.performer} holds an explainer and no CNN: it "
                "is not the file that the run wrote."
            )
        return model

    @property
    def spread_performer(self) -> keras.Model:
        """The same on all devices; all machines must ask for it at once."""
        if self.strategy.num_replicas_in_sync == 1:
            return self.performer
        # Its layers draw seeds; those of others stay what they are.
        state = random.getstate()
        with self.strategy.scope():
            loaded = load_model(self.folder.performer)
        random.setstate(state)
        return loaded

    @functools.cached_property
    def explainer(self) -> Explainer:
        """The trained explainer."""
        return load_explainer(self.folder.explainer)

    @functools.cached_property
    def dataset(self) -> PartDataset:
        """The images at the size that the performer wants."""
        return self.open_dataset(image_side(self.performer))

    def features(
        self,
        explainer: Explainer,
        split: str,
        tell: Callable[[int, int | None], None] | None = None,
        moved: bool = False,
    ) -> tf.data.Dataset:
        """Returns the performer's features of a split, computed once.

        Args:
            explainer: Whose performer sees the images.
            split: `train` or `test`.
            tell: Called with the number of images done and of all images.
            moved: Whether moved views of each image are asked for, too.
        """
        images = self.dataset.splits[split]
        return self.kept.of(
            explainer, self.settings, split, images, tell, moved
        )

    def open_dataset(self, image_size: int) -> PartDataset:
        """Opens the images that the settings name.

        Args:
            image_size: Height and width of the images, in pixels.
        """
        settings = self.settings
        # A data set by name has a setting of its own for it.
        seed = None if folder_of(settings.data) is None else settings.seed
        # tfds prints to standard output.
        silent = contextlib.redirect_stdout(io.StringIO())
        with self.console.status("getting the images ready"), silent:
            dataset = open_dataset(
                settings.data,
                image_size,
                categories=settings.categories or None,
                skip_broken=settings.skip_broken,
                data_dir=settings.data_dir,
                landmarks=settings.landmarks or None,
                negatives=settings.negatives,
                negative_ratio=settings.negative_ratio,
                test_share=settings.test_share,
                seed=seed,
                apply_orientation=settings.apply_orientation,
                **(settings.data_option or {}),
            )
        if not dataset.categories and settings.performer is None:
            raise InputError(
                "`--data` must tell the images' categories, one folder for "
                "each, where no --performer is given; received "
                f"{settings.data} with images alone."
            )
        for note in [*dataset.notes, *self._orientation_note(dataset)]:
            if note not in self.told:
                self.told.add(note)
                self.console.print(
                    f"    {note}", highlight=False, markup=False, soft_wrap=True
                )
        return dataset

    def _orientation_note(self, dataset: PartDataset) -> list[str]:
        count = sum(len(split.tagged) for split in dataset.splits.values())
        if not count:
            return []
        done = "They are turned as it says."
        if not self.settings.apply_orientation:
            done = (
                "They are taken as stored; if the landmarks are those of the "
                "turned images, add --apply-orientation."
            )
        return [
            f"{count} images carry an EXIF orientation: the camera was not "
            f"held upright. {done}"
        ]


def image_side(performer: keras.Model) -> int:
    """Returns the side of the square images that a performer takes, pixels.

    Args:
        performer: A model of one image input.

    Raises:
        InputError: If it takes several inputs or no square RGB images.
    """
    if len(performer.inputs) != 1:
        names = [tensor.name for tensor in performer.inputs]
        raise InputError(
            f"`--performer` must take one input, the image, received {names}."
        )
    shape = performer.inputs[0].shape
    if len(shape) != 4 or shape[1] != shape[2] or shape[3] != 3 or not shape[1]:
        raise InputError(
            "`--performer` must take square RGB images of a fixed size, "
            f"received input shape {tuple(shape)}."
        )
    return int(shape[1])
