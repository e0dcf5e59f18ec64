"""Which units are asked, and the images that they answer to best."""

import itertools
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf

from tf_explainer.errors import InputError
from tf_explainer.explainer import Explainer
from tf_explainer.features.image_checks import told_faults
from tf_explainer.features.images import image_batches
from tf_explainer.layers import find_peaks
from tf_explainer.tensors import Maps

KINDS = ("parts", "filters", "top_conv")
"""Parts; filters of conv-interp-2; channels of the performer's top layer."""
# Channels that are taken where none are named.
MOST = 12
# A second reading of the same image rounds alike, but not on all devices.
_ALIKE = 1e-3

MapsOf = Callable[[Any], Maps]


def maps_of(explainer: Explainer, of: str) -> MapsOf:
    """Returns a function from images to the maps that are asked.

    It runs the performer no further than to the layer, and of the explainer
    the encoder alone.

    Args:
        explainer: An `Explainer`.
        of: One of `KINDS`.

    Returns:
        A function of float32 images `(batch, H, W, 3)` to float32 maps
        `(batch, h, w, channels)`, all after a ReLU: log-odds of the parts,
        filters after the mask, or channels. A part's map itself lies so near
        to 1 that covering hardly moves it.

    Raises:
        InputError: If there is no such kind, or the explainer has no parts.
    """
    if of not in KINDS:
        raise InputError(
            f"`of` must be one of {', '.join(KINDS)}, received {of!r}."
        )
    encoder, attachment = explainer.encoder, explainer.attachment
    if of == "parts" and not encoder.parts:
        raise InputError(
            "`of` 'parts' needs an explainer with parts, and here each filter "
            "is one of its own: take 'filters'."
        )
    cut, graph = attachment.cut, attachment.graph
    path = cut.replaced_layer if of == "top_conv" else cut.target_layer
    below = keras.Model(graph.inputs, graph.outputs[path], name="below")

    def run(images: Any) -> Maps:
        maps: Any = below(images, training=False)
        if of == "parts":
            maps = tf.nn.relu(encoder.part_head.log_odds(maps))
        elif of == "filters":
            maps = encoder(maps, training=False).interp_2
        return tf.cast(maps, tf.float32)

    return run


def unit_name(explainer: Explainer, of: str, index: int) -> str:
    """Returns what a part, a filter or a channel is called.

    Args:
        explainer: An `Explainer`.
        of: One of `KINDS`.
        index: Its index, from 0.
    """
    if of == "parts":
        return explainer.part_names[index]
    return f"{'filter' if of == 'filters' else 'channel'} {index}"


class Asked(NamedTuple):
    """One channel, and the images that it answers to best.

    Attributes:
        channel: Its index in the maps.
        numbers: Positions of the images among those given, best first.
        units: int `(images, 2)`, row and column of the peak, units.
        responses: float32 `(images,)`, height of the peak.
    """

    channel: int
    numbers: tuple[int, ...]
    units: np.ndarray
    responses: np.ndarray


class _Peaks(NamedTuple):
    """Of all channels in all images, `(images, channels, ...)`."""

    units: np.ndarray
    strengths: np.ndarray


def best_images(
    explainer: Explainer,
    batches: tf.data.Dataset,
    of: str,
    which: Sequence[int] | None,
    images_per: int,
) -> list[Asked]:
    """Looks at all images and chooses some for each channel.

    Args:
        explainer: An `Explainer`.
        batches: Batches of images.
        of: One of `KINDS`.
        which: Channels; `None` for all parts, or for the `MOST` other
            channels with the largest mean response. Those that answer to no
            image are then left out.
        images_per: At most so many images a channel.

    Raises:
        InputError: If a channel of `which` is not there, or answers to no
            image.
    """
    peaks = _looked_at(maps_of(explainer, of), batches)
    answers = peaks.strengths > 0
    channels = _chosen(which, peaks.strengths.mean(axis=0), of)
    silent = [
        unit_name(explainer, of, one)
        for one in channels
        if not answers[:, one].any()
    ]
    if which is not None and silent:
        raise InputError(
            f"`which` must name {of} that answer to some of the images, "
            f"received {', '.join(silent)}; leave them out, or give other "
            "images."
        )
    asked = []
    for channel in channels:
        order = np.argsort(-peaks.strengths[:, channel], kind="stable")
        best = order[answers[order, channel]][:images_per]
        if len(best):
            asked.append(
                Asked(
                    channel,
                    tuple(best.tolist()),
                    peaks.units[best, channel],
                    peaks.strengths[best, channel],
                )
            )
    return asked


def _looked_at(maps: MapsOf, batches: tf.data.Dataset) -> _Peaks:
    @tf.function(reduce_retracing=True)
    def peaks(images: Any) -> Any:
        rows, columns, strengths = find_peaks(maps(images))
        return tf.stack([rows, columns], axis=-1), strengths

    with told_faults():
        seen = [
            tuple(np.asarray(one) for one in peaks(batch)) for batch in batches
        ]
    units, strengths = (np.concatenate(one) for one in zip(*seen, strict=True))
    return _Peaks(units, strengths)


def _chosen(
    which: Sequence[int] | None, mean: np.ndarray, of: str
) -> list[int]:
    channels = len(mean)
    if which is None:
        if of == "parts":
            return list(range(channels))
        order = np.argsort(-mean, kind="stable")[:MOST]
        return [int(one) for one in order if mean[one] > 0]
    given = np.asarray(which)
    whole = np.issubdtype(given.dtype, np.integer) and given.ndim == 1
    if not whole or not len(given):
        raise InputError(
            f"`which` must be a list of {of} by number, received {which!r}."
        )
    if ((given < 0) | (given >= channels)).any():
        raise InputError(
            f"`which` must name {of} from 0 to {channels - 1}, received "
            f"{which!r}."
        )
    return list(dict.fromkeys(given.tolist()))


def read_images(
    batches: tf.data.Dataset, numbers: Collection[int]
) -> dict[int, np.ndarray]:
    """Returns images by their position.

    Args:
        batches: Batches of images.
        numbers: Positions, from 0.

    Returns:
        Position to float32 image `(H, W, 3)`.
    """
    wanted = set(numbers)
    if not wanted:
        return {}
    count = itertools.takewhile(
        lambda pair: pair[0] <= max(wanted),
        enumerate(batches.unbatch().as_numpy_iterator()),
    )
    return {number: image for number, image in count if number in wanted}


def opened(
    explainer: Explainer, images: Any, batch_size: int
) -> tf.data.Dataset:
    """Returns batches of the images that a user handed in.

    Args:
        explainer: An `Explainer`, whose performer says what it takes.
        images: As in `Explainer.fit`.
        batch_size: Images at a time.
    """
    with told_faults():
        return image_batches(images, batch_size, explainer.examples.shape)


def check_same(responses: np.ndarray, again: np.ndarray) -> None:
    """Refuses images that came in another order the second time.

    Args:
        responses: What the units answered first.
        again: What they answer now.

    Raises:
        InputError: If the two differ.
    """
    scale = np.maximum(np.abs(responses), 1e-6)
    if (np.abs(again - responses) > _ALIKE * scale).any():
        raise InputError(
            "`images` must come in the same order each time they are read; "
            "take `.shuffle()` off the data set, or pass "
            "`reshuffle_each_iteration=False`."
        )
