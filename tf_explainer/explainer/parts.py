"""Parts in training: found first, then given filters."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.distribution import of_the_chief
from tf_explainer.errors import InputError
from tf_explainer.explainer.calibration import calibrate, in_graph
from tf_explainer.features.batches import evenly_spaced
from tf_explainer.features.views import unit_frames
from tf_explainer.layers.part_head import LEAST_PRESENCE
from tf_explainer.losses.part_maps import part_loss
from tf_explainer.tensors import Features, Scalar

# A part that is in fewer images is nowhere.
LEAST_IMAGES = 0.01
# Batches whose mean contributions order the parts.
ORDERED_BY = 8
# Of the usual filter's energy where its part is; one that shows less is dead.
LEAST_ENERGY = 0.02


class Part(NamedTuple):
    """One part of an explainer.

    Attributes:
        name: `part 1`, `part 2`, …, in the order of what they give to the
            scores; or what the user calls it, see `name_parts`.
        filters: Indices of its filters in conv-interp-2.
        is_silent: Whether it is in too few images to be one, and is nowhere.
    """

    name: str
    filters: tuple[int, ...]
    is_silent: bool


def parts_of(explainer: Any) -> tuple[Part, ...]:
    """Returns the parts of an explainer; none where filters have none.

    Args:
        explainer: An `Explainer`.
    """
    encoder = explainer.encoder
    if not encoder.parts:
        return ()
    owner = encoder.part_of_filter
    silent = np.asarray(encoder.part_head.silence) > 0
    return tuple(
        Part(name, tuple(np.flatnonzero(owner == part).tolist()), bool(quiet))
        for part, (name, quiet) in enumerate(
            zip(explainer.part_names, silent, strict=True)
        )
    )


def usual_names(parts: int) -> tuple[str, ...]:
    """Returns `part 1`, `part 2`, ….

    Args:
        parts: How many.
    """
    return tuple(f"part {index + 1}" for index in range(parts))


def name_parts(explainer: Any, names: Mapping[int, str]) -> None:
    """Gives parts names of the user's own, which `.keras` files keep.

    Args:
        explainer: An `Explainer` with parts.
        names: Number of a part, counted from 1 as in `part 1`, to its name.

    Raises:
        InputError: If there is no such part, or a name is no text or given
            twice.
    """
    told = list(explainer.part_names)
    for number, name in names.items():
        if not (isinstance(number, int) and 1 <= number <= len(told)):
            raise InputError(
                "`names` must name parts by number, from 1 to "
                f"{len(told)}, received {number!r}."
            )
        if not isinstance(name, str) or not name.strip():
            raise InputError(
                f"`names` must give part {number} a text, received {name!r}."
            )
        told[number - 1] = name.strip()
    if len(set(told)) < len(told):
        raise InputError(
            f"`names` must differ from one another, received {names!r}."
        )
    explainer.part_names = tuple(told)


def found_parts(explainer: Any, features: Features) -> dict[str, Scalar]:
    """Returns what part maps are found with, and their `loss`.

    Args:
        explainer: An `Explainer` with parts.
        features: Pairs of views, see `features.pairs.joined_pairs`.
    """
    head = explainer.encoder.part_head
    frames = unit_frames(features["frames"], explainer.receptive_field)
    target = features["target"]
    terms = part_loss(head.logits(target), head.standardized(target), frames)
    p = explainer.encoder.mixer.p
    return {"loss": terms["loss"], "part_loss": terms["loss"], "p": p}


def settle_parts(explainer: Any, features: tf.data.Dataset) -> None:
    """Gives the parts their filters, now that they stand still.

    A part that is in less than 1 % of these images falls silent. Each of the
    others gets its share of the filters, those that show most where it is,
    and the norms and magnitudes are set anew.

    Args:
        explainer: An `Explainer` with parts.
        features: Batches of the performer's features.
    """
    encoder = explainer.encoder

    def look(batch: Any) -> tuple[Any, Any]:
        maps = encoder.part_maps(batch["target"])[..., : encoder.parts]
        shown = encoder.conv_interp(
            ops.cast(batch["target"], encoder.compute_dtype)
        )
        energies = ops.einsum(
            "bhwf,bhwk->fk",
            ops.square(ops.cast(shown, "float32")),
            ops.square(maps),
        )
        return ops.max(maps, axis=(1, 2)), energies

    present = np.zeros(encoder.parts)
    energies = np.zeros((encoder.filters, encoder.parts))
    images = 0
    for found in map(in_graph(look, features), features):
        peaks, shown = map(np.asarray, found)
        present = present + (peaks >= LEAST_PRESENCE).sum(axis=0)
        energies = energies + shown
        images += len(peaks)
    silent = present < max(LEAST_IMAGES * images, 1)
    if not silent.all():
        encoder.part_head.silence_parts(silent)
    encoder.give_filters(energies)
    wake_filters(encoder, energies)
    calibrate(explainer, features)
    _count_anew(explainer.optimizer)


def _count_anew(optimizer: keras.optimizers.Optimizer) -> None:
    """What learns from now on has not moved yet; Adam corrects for that.

    A learning rate that is told by the number of steps goes on.
    """
    given = optimizer.get_config().get("learning_rate")
    if not isinstance(given, dict):
        optimizer.iterations.assign(0)


def order_parts(explainer: Any, features: tf.data.Dataset) -> None:
    """Puts the parts into the order of what they give to the scores.

    Args:
        explainer: An `Explainer` with parts.
        features: Batches of the performer's features; the mean of
            `ORDERED_BY` of them counts, evenly spaced where there are twice
            as many.
    """
    given = np.zeros(explainer.encoder.parts)
    for batch in evenly_spaced(features, ORDERED_BY).take(ORDERED_BY):
        pieces = explainer.contributions(batch, kind="gradient")
        given += np.asarray(pieces.parts).sum(axis=0)
    # The last digit must not order them otherwise on another machine.
    (given,) = of_the_chief(explainer.distribute_strategy, [given])
    order = np.argsort(-given, kind="stable")
    explainer.encoder.reorder(order)
    # A name of the user's own goes with its part; a number is a place.
    names, usual = explainer.part_names, usual_names(len(order))
    explainer.part_names = tuple(
        usual[place] if names[part] == usual[part] else names[part]
        for place, part in enumerate(order)
    )


def wake_filters(encoder: Any, energies: np.ndarray) -> None:
    """Draws filters anew that show nothing where their part is.

    They would never learn: behind the ReLU there is no gradient.

    Args:
        encoder: A `PartEncoder`.
        energies: See `PartEncoder.give_filters`.
    """
    own = energies[np.arange(encoder.filters), encoder.part_of_filter]
    fires = own > 0
    usual = np.median(own[fires]) if fires.any() else np.inf
    dead = ops.convert_to_tensor(own < LEAST_ENERGY * usual)
    conv = encoder.conv_interp
    inputs = int(np.prod(conv.kernel.shape[:-1]))
    drawn = keras.random.normal(
        conv.kernel.shape, stddev=np.sqrt(2 / inputs), seed=encoder.draws
    )
    for weight, new in (
        (conv.kernel, drawn),
        (conv.bias, ops.zeros_like(conv.bias)),
    ):
        weight.assign(ops.where(dead, ops.cast(new, weight.dtype), weight))
