"""Parts in training: found first, then given filters, then removed at times."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.distribution import of_the_chief
from tf_explainer.distribution.replicas import drawn_rows
from tf_explainer.errors import InputError
from tf_explainer.explainer.calibration import calibrate, in_graph
from tf_explainer.features.batches import evenly_spaced
from tf_explainer.features.views import unit_frames
from tf_explainer.layers.part_head import LEAST_PRESENCE
from tf_explainer.losses.part_maps import part_loss
from tf_explainer.tensors import Features, Maps, PerImage, Scalar, Tensor

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


def with_removed_parts(
    explainer: Any, features: Features
) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """Returns features of images some of whose parts are removed.

    Of a share of the images, each part is removed with a chance that is drawn
    for the image. What the performer makes of the target feature with the
    units of those parts replaced by the image's mean background is what the
    explainer has to rebuild without those parts.

    Args:
        explainer: An `Explainer`; its `fit_state.removal` is the share of
            images that lose parts, in [0, 1].
        features: A batch.

    Returns:
        The features, with the target as it was and all above it as it is
        without the parts; and further arguments of the encoder: `kept`
        `(batch, parts)`, 1 for parts that stay, and the `part_maps`.
        Where a branch of the performer passes the target by, nothing above it
        changes. Without parts, or if no image loses any, the features and
        nothing else.
    """
    share = explainer.fit_state.removal
    if not (share and explainer.encoder.parts):
        return dict(features), {}
    encoder, target = explainer.encoder, features["target"]
    maps = encoder.part_maps(target)
    removed = _drawn(target, encoder, share)
    # The encoder need not look for the parts again.
    given = {"kept": 1 - removed, "part_maps": maps}
    upper = explainer.attachment.upper
    if upper is None:
        return dict(features), given
    # Of the other images it is known.
    losing = tf.where(tf.reduce_any(removed > 0, axis=-1))
    own, of_parts, gone = (
        tf.gather_nd(values, losing) for values in (target, maps, removed)
    )
    erased = erased_target(ops.cast(own, "float32"), of_parts, gone)
    above = upper(ops.cast(erased, target.dtype), training=False)
    changed = {
        name: tf.tensor_scatter_nd_update(
            features[name], losing, ops.cast(value, features[name].dtype)
        )
        for name, value in above.items()
    }
    return {**features, **changed}, given


def _drawn(images: Tensor, encoder: Any, share: float) -> PerImage:
    draws = drawn_rows(
        lambda rows: keras.random.uniform(
            (rows, encoder.parts + 2), seed=encoder.draws
        ),
        images,
    )
    chosen, chance = draws[:, :1] < share, draws[:, 1:2]
    return ops.cast(chosen & (draws[:, 2:] < chance), "float32")


def erased_target(target: Maps, maps: Maps, removed: PerImage) -> Maps:
    """Returns the target feature with parts replaced by the background.

    `x (1 - e) + e x̄`, `e = sum_k r_k a_k`, `x̄` the mean of `x` weighted by
    `a_bg`.

    Args:
        target: `(batch, H, W, channels)`.
        maps: Part maps `(batch, H, W, parts + 1)`.
        removed: `(batch, parts)`, 1 for a part that is removed.
    """
    parts, alone = maps[..., :-1], maps[..., -1:]
    gone = ops.sum(parts * removed[:, None, None], axis=-1, keepdims=True)
    gone = ops.clip(gone, 0.0, 1.0)
    mass = ops.sum(alone, axis=(1, 2), keepdims=True)
    fill = ops.sum(target * alone, axis=(1, 2), keepdims=True) / (mass + 1e-3)
    return target * (1 - gone) + fill * gone
