"""What every step is handed."""

import contextlib
import dataclasses
import functools
import io
from collections.abc import Callable

import keras
import tensorflow as tf
from rich.console import Console

from tf_explainer.datasets import open_dataset
from tf_explainer.datasets.dataset_by_name import folder_of
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.steps.kept_features import KeptFeatures
from tf_explainer.steps.load_model import load_model
from tf_explainer.steps.out_folder import OutFolder
from tf_explainer.steps.settings import Settings


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
    """

    settings: Settings
    folder: OutFolder
    console: Console
    kept: KeptFeatures = dataclasses.field(default_factory=KeptFeatures)
    told: set[str] = dataclasses.field(default_factory=set)

    @functools.cached_property
    def performer(self) -> keras.Model:
        """The CNN that is explained."""
        return load_model(self.folder.performer)

    @functools.cached_property
    def explainer(self) -> Explainer:
        """The trained explainer."""
        return load_model(self.folder.explainer)

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
