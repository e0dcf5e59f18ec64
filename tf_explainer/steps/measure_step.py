"""How long one image takes, measured on random ones."""

import dataclasses
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np

from tf_explainer.explainer import Explainer
from tf_explainer.performers import PERFORMERS, fine_tune
from tf_explainer.performers.performer_image_size import performer_image_size
from tf_explainer.performers.train_performer import EPOCHS
from tf_explainer.steps.job import image_side, load_model
from tf_explainer.steps.settings import Settings
from tf_explainer.training import Schedule

_FLOAT = 4


@dataclasses.dataclass(frozen=True)
class StepTime:
    """What an image costs, and what a run leaves on the disk.

    Attributes:
        performer: Seconds of an image of `train` to train the performer, all
            epochs; 0 for a given one.
        look: Seconds of an image to compute its features once.
        learn: Seconds of an image of `train` to train the explainer, all
            epochs.
        size: Bytes of the two models of a run.
    """

    performer: float
    look: float
    learn: float
    size: int


def measure_step(options: Mapping[str, Any]) -> StepTime:
    """Measures a few steps of a run's own networks, with random weights.

    Args:
        options: Field of `Settings` to value; weights files need not be
            there.

    Returns:
        The times on this machine as it is now.
    """
    settings = Settings(**options)
    named = ",".join(settings.categories).split(",")
    classes, size = max(2, len(named)), settings.batch_size
    performer, training = _performer(settings, classes)
    shape = (size, *[image_side(performer)] * 2, 3)
    images = np.random.default_rng(0).uniform(0, 255, shape).astype("float32")
    explainer = Explainer.from_performer(
        performer,
        settings.target_layer,
        settings.replaced_layer,
        dtype=settings.precision,
    )
    features = explainer.attachment.features
    look = _seconds(lambda: features.predict_on_batch(images)) / size
    kept = explainer.cached_features(images, size, views=1)
    # At the paper's scale random weights reach NaN within a few real steps.
    explainer.compile(optimizer=keras.optimizers.Adam(1e-9))
    learn = _seconds(lambda: explainer.fit(kept, batch_size=size, verbose=0))
    schedule = Schedule.of(settings.epochs)
    return StepTime(
        performer=training(images, look),
        look=look,
        learn=schedule.epochs * learn / size,
        size=_FLOAT * (performer.count_params() + explainer.count_params()),
    )


def _performer(
    settings: Settings, classes: int
) -> tuple[keras.Model, Callable[[np.ndarray, float], float]]:
    """Returns the performer, and what measures its training."""
    if settings.performer is not None and settings.performer.is_file():
        return load_model(settings.performer), lambda images, look: 0.0
    name = settings.backbone or "small_cnn"
    size = settings.image_size or performer_image_size(name)
    model = PERFORMERS.get(name)(classes, image_size=size)
    if settings.performer is not None:
        return model, lambda images, look: 0.0
    epochs = settings.performer_epochs or EPOCHS.get(name, fine_tune.EPOCHS)
    step = _training(model, classes)

    def measure(images: np.ndarray, look: float) -> float:
        seconds = _seconds(lambda: step(images)) / len(images)
        if settings.backbone in EPOCHS:
            # Its trunk is frozen, and sees each image and its mirror image
            # once; the tail learns from both.
            return 2 * (look + epochs * max(seconds - look, 0.0))
        return epochs * seconds

    return model, measure


def _training(model: keras.Model, classes: int) -> Callable[..., Any]:
    # A copy, as the explainer freezes its performer.
    learner = keras.models.clone_model(model)
    learner.compile(optimizer="sgd", loss="categorical_crossentropy")
    known = np.eye(classes, dtype="float32")

    def step(images: np.ndarray) -> Any:
        labels = known[np.arange(len(images)) % classes]
        return learner.train_on_batch(images, labels)

    return step


def _seconds(call: Callable[[], Any], times: int = 2) -> float:
    """Returns the seconds of a call; the first one only compiles."""
    call()
    began = time.perf_counter()
    for _ in range(times):
        call()
    return (time.perf_counter() - began) / times
