"""The search space of an explainer, and the training of one trial."""

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras
import keras_tuner
import numpy as np

from tf_explainer.config.explainer import ExplainerSettings
from tf_explainer.config.schedule import Schedule
from tf_explainer.datasets.part_dataset import PartDataset
from tf_explainer.datasets.splits import hold_out
from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.features.shared_features import SharedFeatures
from tf_explainer.training import train_explainer
from tf_explainer.tuning.fixed_settings import (
    CUT,
    check_fit_arguments,
    check_names,
    fixed_by_proxy,
)
from tf_explainer.tuning.limits import Limits
from tf_explainer.tuning.measures import (
    TrialMeasures,
    has_landmarks,
    measured,
)
from tf_explainer.tuning.oracles import least_epochs
from tf_explainer.tuning.space import search_space, usual_settings

RUNG = "tuner/epochs"
"""By which name Hyperband tells a trial its epochs."""


class ExplainerHyperModel(keras_tuner.HyperModel):
    """Explainers of one performer, for any tuner of keras-tuner.

    Searched are `eta`, `score_weight`, `ordinary_dropout`, both learning
    rates and the epochs in which parts learn; with parts `removal` and
    `noise`; without them `silence`, the kind of filter loss and its schedule,
    with each kind its own range of `filter_weight`, with
    `equivariant` also `diversity`, `diversity_reach` and `stray_limit`, with
    the others `peak_score`. Not searched is `beta`: the wider the mask, the
    lower Δ error and the higher `p`, and neither tells how vague the part has
    become; without landmarks, nor are `diversity` and its reach, since the
    proxy rises as filters crowd on one part. Each trial learns from one part
    of the training images and is judged on the other, see `TrialMeasures`; the
    performer sees every image once for all trials together.

    A performer that was trained on all training images knows that other part
    by heart: Δ error, and with it the penalty in the `limited_` objectives,
    then is not what it would be on new images. Train it on
    `hold_out(dataset, share, seeds[0])`, as `tf-explainer tune` does where
    it trains one.

    ```python
    model = ExplainerHyperModel(performer, dataset)
    tuner = keras_tuner.RandomSearch(
        model, objective=model.objective("limited_skill"), max_trials=20
    )
    tuner.search()
    model.settings(tuner.get_best_hyperparameters()[0])
    ```

    Args:
        performer: A trained Keras model.
        dataset: Images; of its split `test` nothing is read.
        fixed: Settings that are not searched: fields of `ExplainerSettings`
            or `Schedule`, and the three layers of the cut.
        epochs: Passes over the images; `None` means that of `Schedule`.
        limits: What a trial may cost.
        share: Share of the training images to judge by, in (0, 1).
        seeds: One training for each; a trial's measures are their means.
        batch_size: Images in a step.
        memory_limit: Features of each part kept in memory, GiB.
        callbacks: Makes further Keras callbacks for each training.
        tell: Called with the images done and their number, as the features
            are computed.
        dtype: Precision of the explainers, as in Keras.
        shared: Where features are kept for other processes, too.

    Raises:
        InputError: If a fixed setting is unknown or out of range, if there
            are too few epochs for parts, or a
            category has too few images.
    """

    def __init__(
        self,
        performer: keras.Model,
        dataset: PartDataset,
        fixed: Mapping[str, Any] | None = None,
        epochs: int | None = None,
        limits: Limits | None = None,
        share: float = 0.25,
        seeds: Sequence[int] = (0,),
        batch_size: int = 32,
        memory_limit: float = 4.0,
        callbacks: Callable[[], Sequence[keras.callbacks.Callback]] = tuple,
        tell: Callable[[int, int | None], None] | None = None,
        dtype: str = "float32",
        shared: SharedFeatures | None = None,
    ) -> None:
        super().__init__()
        if not seeds:
            raise InputError("`seeds` must not be empty, received none.")
        self.performer = performer
        self.fixed = dict(fixed or {})
        check_names(self.fixed)
        usual = usual_settings(self.fixed, epochs)
        self.epochs, self.parts = int(usual["epochs"]), int(usual["parts"])
        if self.epochs < least_epochs(self.parts):
            raise InputError(
                "`epochs` must be 2 or more where there are parts: one to find "
                f"them, one to use them; received {self.epochs}."
            )
        self.limits = limits or Limits()
        self.seeds = tuple(seeds)
        self.batch_size, self.dtype = batch_size, dtype
        self.dataset = hold_out(dataset, share, self.seeds[0])
        if not has_landmarks(self.dataset):
            self.fixed = fixed_by_proxy(self.fixed)
        self._callbacks, self._tell = callbacks, tell
        self._memory_limit, self._shared = memory_limit, shared
        self._measures: TrialMeasures | None = None

    @property
    def measured(self) -> dict[str, str]:
        """Name of each measure of a trial to `"max"` or `"min"`."""
        return measured(self.dataset, self.parts)

    def objective(self, name: str | None = None) -> keras_tuner.Objective:
        """Returns an objective for a tuner, checked before anything is run.

        Args:
            name: A key of `measured`; `None` means the first of them: with
                parts `limited_one_to_one` where there are landmarks, else
                `limited_fidelity`; without parts `limited_skill`, or
                `limited_proxy`.

        Raises:
            InputError: If there is no such measure; the message names those
                there are.
        """
        if name is None:
            name = next(iter(self.measured))
        if name not in self.measured:
            raise InputError(
                f"`objective` must be one of {', '.join(self.measured)}, "
                f"received {name!r}."
            )
        return keras_tuner.Objective(name, self.measured[name])

    def settings(self, hp: keras_tuner.HyperParameters) -> dict[str, Any]:
        """Returns the settings of a trial, the fixed ones included.

        On a lower rung of Hyperband they hold its `epochs`, too, and
        `learning_epochs` is the same share of them.

        Args:
            hp: Its hyperparameters.
        """
        found = search_space(hp, self.epochs, self.fixed)
        epochs = self.epochs_of(hp)
        return found if epochs == self.epochs else self._shorter(found, epochs)

    def epochs_of(self, hp: keras_tuner.HyperParameters) -> int:
        """Returns the epochs of a trial, fewer on Hyperband's lower rungs.

        Args:
            hp: Its hyperparameters.
        """
        return int(hp.values.get(RUNG, self.epochs))

    def _shorter(self, settings: dict[str, Any], epochs: int) -> dict[str, Any]:
        whole = usual_settings(settings, self.epochs)["learning_epochs"]
        # Rounded up in whole numbers: of two halves neither may be lost.
        learning = -(-whole * epochs // self.epochs)
        if whole < self.epochs and epochs > 1:
            learning = min(learning, epochs - 1)
        return {**settings, "epochs": epochs, "learning_epochs": learning}

    def prepare(self) -> None:
        """Computes the performer's features, which all trials share."""
        self._measures_for(self.build(keras_tuner.HyperParameters()))

    def build(self, hp: keras_tuner.HyperParameters) -> Explainer:
        """Returns an untrained explainer.

        Args:
            hp: Hyperparameters of a trial.
        """
        return self._explainer(self.settings(hp), self.seeds[0])

    def fit(
        self,
        hp: keras_tuner.HyperParameters,
        model: Explainer,
        *args: Any,
        callbacks: Sequence[keras.callbacks.Callback] = (),
        **kwargs: Any,
    ) -> dict[str, float]:
        """Trains the explainers of a trial, one for each seed.

        Args:
            hp: Its hyperparameters.
            model: What `build` gave, for the first seed.
            *args: Not used: the images are known.
            callbacks: Keras callbacks; a tuner hands in its own.
            **kwargs: Not used, and checked.

        Returns:
            The measures named by `measured`, means over the seeds.

        Raises:
            FatalError: If a tuner hands in other epochs, see
                `check_fit_arguments`.
        """
        check_fit_arguments(kwargs)
        del args, kwargs
        measures = self._measures_for(model)
        settings = self.settings(hp)
        found = []
        for number, seed in enumerate(self.seeds):
            if number:
                model = self._explainer(settings, seed)
            trained = self._train(model, measures, settings, seed, callbacks)
            found.append(trained)
        return {
            name: float(np.mean([values[name] for values in found]))
            for name in found[0]
        }

    def _train(
        self,
        explainer: Explainer,
        measures: TrialMeasures,
        settings: Mapping[str, Any],
        seed: int,
        callbacks: Sequence[keras.callbacks.Callback],
    ) -> dict[str, float]:
        began = time.perf_counter()
        epochs = settings.get("epochs", self.epochs)
        schedule = Schedule.of(epochs, **_among(settings, Schedule))
        history = train_explainer(
            explainer,
            self.dataset,
            features=measures.features["train"],
            batch_size=self.batch_size,
            seed=seed,
            schedule=schedule,
            callbacks=[*callbacks, *self._callbacks()],
            compare=False,
        )
        seconds = time.perf_counter() - began
        losses = ("loss", "reconstruction_loss")
        return {
            **measures.of(explainer),
            **{name: history.get(name, [math.nan])[-1] for name in losses},
            "seconds": seconds,
        }

    def _explainer(self, settings: Mapping[str, Any], seed: int) -> Explainer:
        # Here, since the weights are drawn here.
        keras.utils.set_random_seed(seed)
        chosen = _among(settings, ExplainerSettings)
        chosen["negative_category"] = self.dataset.negative_category
        cut = {name: settings.get(name) or None for name in CUT}
        return Explainer.from_performer(
            self.performer, dtype=self.dtype, **cut, **chosen
        )

    def _measures_for(self, explainer: Explainer) -> TrialMeasures:
        if self._measures is not None:
            return self._measures
        self._measures = TrialMeasures(
            explainer,
            self.dataset,
            self.limits,
            batch_size=self.batch_size,
            seed=self.seeds[0],
            memory_limit=self._memory_limit,
            tell=self._tell,
            views=Schedule(**_among(self.fixed, Schedule)).views,
            shared=self._shared,
        )
        return self._measures


def _among(settings: Mapping[str, Any], kind: Any) -> dict[str, Any]:
    fields = kind.__dataclass_fields__
    return {k: v for k, v in settings.items() if k in fields and k != "epochs"}
