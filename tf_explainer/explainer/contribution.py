"""What each part gives to a class score, before the softmax."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.attachment.head import predicted_categories
from tf_explainer.errors import InputError
from tf_explainer.explainer.class_scores import chosen_categories, logit_head
from tf_explainer.features.image_checks import finite_images, nan_unless
from tf_explainer.features.images import check_images

KINDS = ("removal", "shapley", "gradient")


class Contributions(NamedTuple):
    """The pieces that add up to the score of one category, by image.

    All are in units of the score before the softmax, less the mean of all
    categories' scores, which a softmax does not see; below 0 they speak
    against the category.

    Attributes:
        parts: float32 `(batch, parts)`, from each part; without parts
            `(batch, filters)`, each filter being one of its own.
        ordinary: float32 `(batch,)`, from the ordinary track.
        rest: float32 `(batch,)`, what is left: the biases of decoder and
            head, and with `removal` what parts give together only.
        score: float32 `(batch,)`, the sum of all of them.
        filters: float32 `(batch, filters)`, from each filter of
            conv-interp-2; with `gradient` only, else `None`.
        together: float32 `(batch,)`, what removing all parts at once costs;
            with `removal` only, else `None`.
    """

    parts: Any
    ordinary: Any
    rest: Any
    score: Any
    filters: Any = None
    together: Any = None


def contributions(
    explainer: Any,
    images: Any,
    category: Any = None,
    against: Any = None,
    kind: str | None = None,
) -> Contributions:
    """Returns what every part and the ordinary track give to a score.

    The score is the category's own before the softmax, less the mean of
    all categories' (`logit_head`), from the rebuilt features. Written
    `s(m, o)` of the maps `m` of the filters and `o` of the ordinary track:

    - `removal`: `s(m, o) - s(m without part k, o (1 - a_k))`, what the score
      loses when the part alone is removed. The ordinary track's piece is
      `s(m, o) - s(m, 0)`.
    - `shapley`: the mean, over orders in which the parts and the ordinary
      track come in, of what each adds to those before it. With 8 orders
      and the reverse of each.
    - `gradient`: gradient × activation, summed over the maps of the part's
      filters, the quick one. Norm, pooling, mixer, decoder and head are
      piecewise linear (conv, dense, batch normalization, ReLU, pooling), so
      the pieces add up to the score with nothing left over but the biases;
      behind other activations `rest` also holds what the gradient does not
      see.

    Args:
        explainer: An `Explainer`.
        images: `(batch, H, W, 3)` as the performer takes them, or a batch
            of its features, as `cached_features` keeps them.
        category: Index of the category, one for all images or one each;
            by default the one that the performer gives the highest score.
        against: Index of a category whose score is taken off, one for all
            images or one each: why this and not that. `None` for none.
        kind: One of `KINDS`; by default `removal`, and `gradient` where
            each filter is a part of its own.

    Raises:
        InputError: If `category` or `against` is no category of the
            performer, if `kind` is unknown or needs parts, or if the images
            do not fit the performer or are not finite.

    Source:
        Zhang et al. 2018, figure 5, "contributions of different object
        parts"; gradient × activation as in Zhou et al. 2016 and Selvaraju
        et al. 2017 (references [45] there and Grad-CAM); Shapley 1953, by
        permutations as Castro et al. 2009. Removal is ours.
    """
    kind = _kind(kind, explainer.encoder.parts)
    reader = explainer.examples
    if not isinstance(images, dict):
        check_images(images, reader.shape)
    features = reader.features(images)
    predicted = np.asarray(predicted_categories(features["scores"]))
    chosen = chosen_categories("category", category, predicted)
    other = against
    if against is not None:
        other = chosen_categories("against", against, predicted)
    encoded = explainer.encode(features)
    take = scorer(explainer, chosen, other, predicted.shape[-1])
    pieces = {
        "removal": by_removal,
        "shapley": by_shapley,
        "gradient": by_gradient,
    }[kind](explainer.encoder, encoded, take)
    finite = finite_images(
        None if isinstance(images, dict) else images, features
    )
    told = {k: v for k, v in pieces._asdict().items() if v is not None}
    return Contributions(**nan_unless(finite, told))


def _kind(kind: str | None, parts: int) -> str:
    if kind is None:
        return "removal" if parts else "gradient"
    if kind not in KINDS:
        raise InputError(
            f"`kind` must be one of {', '.join(KINDS)}, received {kind!r}."
        )
    if kind != "gradient" and not parts:
        raise InputError(
            f"`kind` {kind!r} removes parts, and here each filter is one of "
            "its own: take 'gradient', or an explainer with parts."
        )
    return kind


Score = Callable[[Any], Any]
"""Function of an encoder's output `(n batch, ...)`, the images in turn n
times, to the score of each, `(n, batch)`."""


def scorer(
    explainer: Any, chosen: np.ndarray, other: Any, classes: int
) -> Score:
    """Returns a function from the encoder's output to a score of each image.

    Args:
        explainer: An `Explainer`.
        chosen: int `(batch,)`, whose score it is.
        other: int `(batch,)`, whose score is taken off, or `None`.
        classes: Number of categories.
    """
    logits_of = logit_head(explainer.attachment.head)
    last = explainer.reconstructed_layers[-1]

    wanted = keras.utils.to_categorical(chosen, classes)
    if other is not None:
        wanted = wanted - keras.utils.to_categorical(other, classes)

    def take(output: Any) -> Any:
        rebuilt = explainer.decoder(output, training=False)
        logits = ops.reshape(logits_of(rebuilt[last]), (-1, *wanted.shape))
        return ops.sum(logits * wanted, axis=-1)

    return take


def by_gradient(encoder: Any, encoded: Any, take: Score) -> Contributions:
    """Returns gradient × activation, see `contributions`.

    Args:
        encoder: The explainer's.
        encoded: What it made of the images.
        take: From the encoder's output to the score.
    """
    slopes, score = slopes_of(encoder, encoded, take)
    by_filter, by_channel = (
        ops.sum(ops.cast(slope * values, "float32"), axis=(1, 2))
        for slope, values in zip(
            slopes, (encoded.interp_2, encoded.ordinary), strict=True
        )
    )
    ordinary = ops.sum(by_channel, axis=-1)
    rest = score - ordinary - ops.sum(by_filter, axis=-1)
    parts = by_filter
    if encoder.parts:
        parts = ops.matmul(by_filter, ops.transpose(encoder.membership))
    return Contributions(parts, ordinary, rest, score, by_filter)


def slopes_of(encoder: Any, encoded: Any, take: Score) -> tuple[Any, Any]:
    """Returns the gradient of the score by the maps of both tracks.

    Args:
        encoder: The explainer's.
        encoded: What it made of the images.
        take: From the encoder's output to the score.

    Returns:
        A pair of `(batch, H, W, filters)`, of conv-interp-2 and of the
        ordinary track; and the score `(batch,)`.
    """
    tracks = [encoded.interp_2, encoded.ordinary]
    with tf.GradientTape() as tape:
        tape.watch(tracks)
        score = take(encoder.mixed(*tracks))[0]
    return tape.gradient(score, tracks), score


def by_removal(encoder: Any, encoded: Any, take: Score) -> Contributions:
    """Returns what each removal costs, see `contributions`.

    Args:
        encoder: The explainer's, with parts.
        encoded: What it made of the images.
        take: From the encoder's output to the score.
    """
    parts = encoder.parts
    kept = np.ones((parts + 3, parts + 1), np.float32)
    kept[np.arange(1, parts + 2), np.arange(parts + 1)] = 0
    kept[-1, :-1] = 0
    scores = _without(encoder, encoded, take, kept)
    lost = scores[:1] - scores[1:]
    by_part, ordinary = ops.transpose(lost[:parts]), lost[parts]
    rest = scores[0] - ops.sum(by_part, axis=-1) - ordinary
    return Contributions(
        by_part, ordinary, rest, scores[0], together=lost[parts + 1]
    )


ORDERS = 8


def by_shapley(encoder: Any, encoded: Any, take: Score) -> Contributions:
    """Returns Shapley values, see `contributions`.

    Args:
        encoder: The explainer's, with parts.
        encoded: What it made of the images.
        take: From the encoder's output to the score.
    """
    players = encoder.parts + 1
    generator = np.random.default_rng(0)
    values: Any = 0.0
    for _ in range(ORDERS):
        order = generator.permutation(players)
        for one in (order, order[::-1]):
            came = np.tril(np.ones((players + 1, players)), -1)[
                :, one.argsort()
            ]
            scores = _without(encoder, encoded, take, came.astype(np.float32))
            added = scores[1:] - scores[:-1]
            values = values + ops.take(added, one.argsort(), axis=0)
    values = values / (2 * ORDERS)
    parts, ordinary = ops.transpose(values[:-1]), values[-1]
    score = scores[-1]
    rest = score - ops.sum(parts, axis=-1) - ordinary
    return Contributions(parts, ordinary, rest, score)


def _without(encoder: Any, encoded: Any, take: Score, kept: np.ndarray) -> Any:
    """Scores `(n, batch)` with some parts, or the ordinary track, left out.

    Args:
        kept: `(n, parts + 1)`, 1 for what stays; the ordinary track last.
    """
    interp = ops.cast(encoded.interp_2, "float32")
    ordinary = ops.cast(encoded.ordinary, "float32")
    filters = ops.matmul(kept[:, :-1], encoder.membership)
    maps = ops.cast(encoded.part_maps, "float32")[..., :-1]
    gone = ops.einsum("bhwk,nk->nbhw", maps, 1 - kept[:, :-1])
    left = (1 - ops.clip(gone, 0.0, 1.0)) * kept[:, -1:, None, None]
    tracks = (
        interp[None] * filters[:, None, None, None],
        ordinary[None] * left[..., None],
    )
    shape = (-1, *interp.shape[1:])
    dtype = encoded.interp_2.dtype
    flat = [ops.cast(ops.reshape(one, shape), dtype) for one in tracks]
    return take(encoder.mixed(*flat))
