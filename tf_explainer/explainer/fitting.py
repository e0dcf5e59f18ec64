"""What `fit` checks and chooses, and puts back when it ends."""

import contextlib
import dataclasses
import functools
import numbers
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
from keras import ops

from tf_explainer.config.schedule import Schedule
from tf_explainer.errors import InputError
from tf_explainer.explainer.parts import order_parts, settle_parts
from tf_explainer.explainer.spreading import (
    as_the_chief,
    check_drawn,
    check_made_within,
)
from tf_explainer.explainer.typical import gather_typical
from tf_explainer.features.batches import has_views, is_features
from tf_explainer.features.sources import is_open_ended


@dataclasses.dataclass
class FitState:
    """What is there while `fit` runs, and must not be stored with the model.

    Keras and TensorFlow keep hold of layers and data sets that are attributes
    of a model, and would save them; they do not look in here.

    Attributes:
        augmentation: What changes target features, see `augment_features`.
        kept_features: Features that are learned from, of single images;
            `None` where the images change.
        settle_parts: See `parts.settle_parts`, by what is learned from.
        order_parts: See `parts.order_parts`, by what is learned from.
        agree: See `spreading.as_the_chief`.
        removal: Share of images that lose some of their parts.
        runs: Whether `fit` runs.
        held_out: What it validates on, in batches.
    """

    augmentation: Any = None
    kept_features: Any = None
    settle_parts: Callable[[], None] = lambda: None
    order_parts: Callable[[], None] = lambda: None
    agree: Callable[[], None] = lambda: None
    removal: float = 0.0
    runs: bool = False
    held_out: Any = None


def check_counts(**counts: Any) -> None:
    """Refuses numbers of epochs, images or batches that are none.

    Args:
        **counts: Argument to value; `None` is not given.

    Raises:
        InputError: If one is no whole number of 1 or more.
    """
    for name, count in counts.items():
        if count is None:
            continue
        whole = isinstance(count, numbers.Integral) and int(count) >= 1
        if isinstance(count, bool) or not whole:
            raise InputError(
                f"`{name}` must be a whole number of 1 or more, received "
                f"{count!r}."
            )


_INSTEAD = {
    "class_weight": "hand in the images of the categories that matter alone",
    "sample_weight": "leave out the images that must not count",
}


def check_arguments(kwargs: Mapping[str, Any]) -> None:
    """Refuses weights, which Keras takes for labeled images.

    Args:
        kwargs: Further arguments of `fit` or `evaluate`.

    Raises:
        InputError: If one of them is given.
    """
    for name, instead in _INSTEAD.items():
        if kwargs.get(name) is not None:
            raise InputError(
                f"`{name}` is not taken: to an explainer all images count "
                f"alike; {instead}."
            )


def check_compiled(given: Mapping[str, Any]) -> None:
    """Refuses losses and metrics in `compile`.

    Args:
        given: Argument of `compile` to value.

    Raises:
        InputError: If one of them is given.
    """
    for name, value in given.items():
        empty = isinstance(value, list | tuple | dict) and not value
        if value is not None and not empty:
            raise InputError(
                f"`{name}` must not be given to `compile`: an explainer's "
                "losses and metrics are built in; give the optimizer alone, "
                f"received {name}={value!r}."
            )


def taken_steps(kwargs: dict[str, Any], name: str, x: Any) -> int | None:
    """Takes the number of batches out where they are counted in reading.

    Args:
        kwargs: Further arguments of `fit`.
        name: `steps_per_epoch` or `validation_steps`.
        x: The images that are read.
    """
    if kwargs.get(name) is None or not is_open_ended(x):
        return None
    return int(kwargs.pop(name))


def check_fit(
    kwargs: Mapping[str, Any], validation_data: Any, **counts: Any
) -> None:
    """Refuses arguments of `fit` that an explainer cannot take.

    Args:
        kwargs: Further arguments of `fit`.
        validation_data: See `fit`.
        **counts: Argument to number, see `check_counts`.

    Raises:
        InputError: If there is one.
    """
    steps = ("steps_per_epoch", "validation_steps")
    check_counts(**counts, **{name: kwargs.get(name) for name in steps})
    check_arguments(kwargs)
    is_triple = isinstance(validation_data, tuple) and len(validation_data) == 3
    if is_triple and validation_data[2] is not None:
        raise InputError(
            "`validation_data` must be images, or a pair of images and "
            "labels, received weights, too: to an explainer all images count "
            f"alike; {_INSTEAD['sample_weight']}."
        )


def views_of(
    explainer: Any, x: Any, views: int | None, augmentation: Any
) -> int:
    """Returns how many moved views of each image are learned from.

    Args:
        explainer: An `Explainer`.
        x: Images or features, as `fit` takes them.
        views: What the user asked for; `None` is not given.
        augmentation: What changes the images, if anything does; a view then
            costs a run of the performer in each step.

    Raises:
        InputError: If the filter loss compares views and there are none.
    """
    compares = explainer.examples.paired
    if views is not None and views < 0:
        raise InputError(f"`views` must be 0 or more, received {views}.")
    if compares and (views == 0 or (is_features(x) and not has_views(x))):
        raise InputError(
            f"{_views_reader(explainer)} compares views of each image: "
            "`views` must be 1 or more, in `fit` or in `cached_features`; "
            "received none."
        )
    if views is None:
        usual = Schedule.of(preset=explainer.settings.preset).views
        return usual if compares or augmentation is None else 0
    return views


def _views_reader(explainer: Any) -> str:
    """What compares views, as the user knows it."""
    if explainer.encoder.parts:
        return f"`parts` {explainer.encoder.parts}"
    return f"`filter_loss` {explainer.settings.filter_loss!r}"


def compiled_here(explainer: Any, learning_rate: float) -> bool:
    """Compiles an explainer that the user has not compiled.

    Args:
        explainer: An `Explainer`.
        learning_rate: Of Adam.

    Returns:
        Whether the learning rate is ours to change.
    """
    with explainer.distribute_strategy.scope():
        if not explainer.compiled:
            explainer.compile(optimizer=keras.optimizers.Adam(learning_rate))
            explainer.compiled_by_fit = True
        check_made_within(explainer)
        if not explainer.optimizer.built:
            # Or its first step, which makes them, would be traced twice.
            explainer.optimizer.build(explainer.trainable_variables)
    return bool(getattr(explainer, "compiled_by_fit", False))


@contextlib.contextmanager
def left_as_found(
    explainer: Any, kept: Any, batches: Any, some: Any, held_out: Any = None
) -> Iterator[None]:
    """Undoes, however `fit` ends, what its callbacks change beside weights.

    Where it ends well, what the images learned from are like is gathered.

    Args:
        explainer: An `Explainer`.
        kept: Features that it learns from, for the callbacks; or `None`.
        batches: The same in batches.
        some: Of these, see `Lessons`.
        held_out: What it validates on, in batches, if there is any.
    """
    encoder = explainer.encoder
    layers = encoder.settling

    def traced() -> tuple[Any, ...]:
        """What a train step is traced with, beside weights."""
        learns = [layer.trainable for layer in layers]
        mixer, state = encoder.mixer, explainer.fit_state
        return (
            learns,
            (mixer.ordinary_dropout, mixer.noise),
            (state.augmentation, state.removal),
        )

    learns, (dropout, noise), (augmentation, removal) = before = traced()
    state = explainer.fit_state
    state.kept_features = kept
    state.settle_parts = functools.partial(settle_parts, explainer, some)
    state.order_parts = functools.partial(order_parts, explainer, some)
    state.agree = functools.partial(as_the_chief, explainer)
    state.runs, state.held_out = True, held_out
    # What is told of images depends on whether `fit` runs.
    explainer.test_function = None
    try:
        yield
        gather_typical(explainer, batches)
        as_the_chief(explainer)
    finally:
        changed = traced() != before
        explainer.fit_state = FitState(augmentation, removal=removal)
        encoder.mixer.ordinary_dropout = dropout
        encoder.mixer.noise = noise
        for layer, learned in zip(layers, learns, strict=True):
            layer.trainable = learned
        explainer.test_function = None
        if changed:
            explainer.renew_train_function()


def augmented(explainer: Any, features: dict[str, Any]) -> dict[str, Any]:
    """Returns features whose target is changed, see `augment_features`.

    Args:
        explainer: An `Explainer`.
        features: What it is to learn from.

    Raises:
        InputError: If views that a filter loss compares would be moved on.
    """
    augmentation = explainer.fit_state.augmentation
    if augmentation is None:
        return features
    learns = explainer.encoder.learns_parts
    if explainer.examples.paired and learns and "frames" in features:
        raise InputError(
            f"{_views_reader(explainer)} compares views, which "
            "`augment_features` would move on: call "
            "`freeze_interpretable_track` first."
        )
    check_drawn(explainer, augmentation)
    target = augmentation(ops.cast(features["target"], "float32"))
    upper = explainer.attachment.upper(target, training=False)
    return {**features, "target": target, **upper}
