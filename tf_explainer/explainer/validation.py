"""What is told of images that are not learned from."""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import keras

from tf_explainer.callbacks.freezing import FreezeInterpretableTrack
from tf_explainer.explainer.objective import MEASURED
from tf_explainer.explainer.parts import found_parts
from tf_explainer.features.pairs import images_alone
from tf_explainer.tensors import Features, Scalar


class Measures:
    """Running means of what is measured by labels.

    Keras would save them with the model if they were its attributes.
    """

    def __init__(self) -> None:
        self.means = {name: keras.metrics.Mean(name=name) for name in MEASURED}


def told_terms(explainer: Any, features: Features) -> dict[str, Scalar]:
    """Returns the losses of a batch that is not learned from, and measures.

    While `fit` finds parts, these are what parts are found with, where the
    batch holds pairs of views, and `p`. A `loss` of the features would be that
    of an encoder that has not begun to learn: who keeps the epoch with the
    lowest must not keep one of these.

    Args:
        explainer: An `Explainer`.
        features: A batch, of images alone or of pairs of views.
    """
    encoder = explainer.encoder
    pairs = "frames" in features
    if explainer.fit_state.runs and encoder.parts and encoder.learns_parts:
        found = found_parts(explainer, features) if pairs else {}
        return {**found_alone(found), "p": encoder.mixer.p}
    features = images_alone(features)
    # The filter loss is of unmasked maps, of views, of a mixture of tracks:
    # there is none of an image as it is.
    encoded = explainer.encode(features)
    return explainer.objective(features, encoded.output, measured=True)


def found_alone(losses: dict[str, Any]) -> dict[str, Any]:
    """Returns the losses of the first phase without `loss`.

    Args:
        losses: What `found_parts` gives, or less.
    """
    return {name: value for name, value in losses.items() if name != "loss"}


@contextlib.contextmanager
def quiet_at_first(
    explainer: Any, callbacks: Any, epochs: int, held_out: Any
) -> Iterator[None]:
    """Keeps Keras' callbacks from warning of a loss that comes later.

    Args:
        explainer: An `Explainer`.
        callbacks: All callbacks of the training.
        epochs: Of the training.
        held_out: What it validates on, or `None`.
    """
    freezing = [
        one.epoch
        for one in callbacks
        if isinstance(one, FreezeInterpretableTrack)
    ]
    with warnings.catch_warnings():
        if explainer.encoder.parts and freezing and min(freezing) < epochs:
            names = "|".join([*explainer.objective.names, *MEASURED])
            of_images = "" if held_out is None else "(val_)?"
            told = rf"{of_images}({names})"
            for message in (
                rf".* metric `{told}` which is not available",
                rf"Can save best model only with {told} available",
            ):
                warnings.filterwarnings("ignore", message)
        yield
