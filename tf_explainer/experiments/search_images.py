"""The performer and the images of a search, and what is searched over."""

from collections.abc import Mapping
from typing import Any

import keras

from tf_explainer.callbacks.progress_bar import ProgressBar
from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.search import TuneSettings
from tf_explainer.datasets.part_dataset import PartDataset, check_labeled
from tf_explainer.datasets.splits import hold_out
from tf_explainer.errors import InputError
from tf_explainer.experiments.search_results import limits_of
from tf_explainer.features.shared_features import SharedFeatures
from tf_explainer.runs.job import Job
from tf_explainer.runs.machine import chosen_precision
from tf_explainer.runs.performer_step import performer
from tf_explainer.tuning import ExplainerHyperModel
from tf_explainer.tuning.fixed_settings import fixed_by_proxy
from tf_explainer.tuning.measures import measured
from tf_explainer.tuning.oracles import hyperband_epochs, least_epochs
from tf_explainer.tuning.space import usual_settings

# What they need.
_OBJECTIVES = {
    "one_to_one": "landmarks, and an explainer with parts",
    "fidelity": "an explainer with parts",
    "skill": "landmarks",
    "proxy": "nothing",
}


class TrainingImages(Job):
    """A job that sees the training images alone, in two parts."""

    settings: TuneSettings

    def whole(self, image_size: int) -> PartDataset:
        """The data set, of which the test split must not be read.

        Args:
            image_size: Height and width of the images, in pixels.
        """
        return super().open_dataset(image_size)

    def open_dataset(self, image_size: int) -> PartDataset:
        # A performer trained on all of them would know the validation part
        # by heart, and the Δ error there would say little.
        share, seed = self.settings.validation_share, self.settings.seed
        whole = self.whole(image_size)
        check_labeled(whole)
        parts = hold_out(whole, share, seed)
        # Here, since the performer's training comes first and takes long.
        self._check_search(parts)
        return parts

    def _check_search(self, parts: PartDataset) -> None:
        settings, objective = self.settings, self.settings.objective
        usual = usual_settings(
            settings.given(ExplainerSettings), settings.epochs
        )
        number = int(usual["parts"])
        if settings.oracle == "hyperband":
            least = least_epochs(number)
            factor = settings.hyperband_factor
            hyperband_epochs(int(usual["epochs"]), factor, least)
        known = measured(parts, number)
        if objective and objective not in known:
            choices = [name for name in _OBJECTIVES if name in known]
            raise InputError(
                f"`--objective` must be one of {', '.join(choices)} for these "
                f"images and this explainer, received {objective}: it needs "
                f"{_OBJECTIVES[objective]}."
            )


def train_performer_once(job: TrainingImages) -> None:
    """Trains the performer of a search, unless it is there.

    Args:
        job: The search.
    """
    folder = job.folder
    if not folder.is_done("performer"):
        keras.utils.set_random_seed(job.settings.seed)
        folder.finish("performer", performer(job))


def hyper_model(
    job: TrainingImages,
    given: Mapping[str, Any],
    bar: ProgressBar,
    shared: SharedFeatures | None = None,
) -> ExplainerHyperModel:
    """Returns what a search is over.

    Args:
        job: The search, whose performer is there.
        given: The options that the user gave; those of the explainer are not
            searched.
        bar: Shows the progress.
        shared: Where features are kept for other processes, too.
    """
    settings = job.settings
    groups = TuneSettings.__dataclass_fields__
    fixed = {
        name: value
        for name, value in given.items()
        if groups[name].metadata["group"] == "explainer"
        and name not in ("epochs", "precision")
    }
    if settings.objective == "proxy":
        fixed = fixed_by_proxy(fixed)
    seeds = range(settings.seed, settings.seed + settings.trial_seeds)
    return ExplainerHyperModel(
        job.performer,
        job.whole(job.performer.inputs[0].shape[1]),
        fixed,
        settings.epochs,
        limits=limits_of(settings),
        share=settings.validation_share,
        seeds=tuple(seeds),
        batch_size=settings.batch_size,
        callbacks=lambda: [bar],
        tell=bar.on_features,
        dtype=chosen_precision(settings),
        shared=shared,
    )
