"""The pieces that a class score is taken apart into."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.errors import InputError

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


class Scorer:
    """From an encoder's output to a score of each image.

    Args:
        explainer: An `Explainer`.
        logits_of: What `LogitHead` made of the performer's head.
        wanted: See `wanted_scores`.

    Call arguments:
        output: An encoder's output `(n batch, ...)`, the images in turn n
            times.

    Returns:
        The score of each, `(n, batch)`.

    Attributes:
        rebuilt: Of the first call, the decoder's features of the first of
            the n times: path to `(batch, ...)`.
    """

    def __init__(
        self, explainer: Any, logits_of: Callable[[Any], Any], wanted: Any
    ) -> None:
        self._explainer = explainer
        self._logits_of = logits_of
        self._wanted = wanted
        self.rebuilt: dict[str, Any] = {}

    def __call__(self, output: Any) -> Any:
        explainer = self._explainer
        rebuilt = explainer.decoder(output, training=False)
        images = ops.shape(self._wanted)[0]
        if not self.rebuilt:
            self.rebuilt = {k: v[:images] for k, v in rebuilt.items()}
        last = rebuilt[explainer.reconstructed_layers[-1]]
        shape = (-1, images, len(explainer.class_names))
        logits = ops.reshape(self._logits_of(last), shape)
        return ops.sum(logits * self._wanted, axis=-1)


def pieces_of_score(
    explainer: Any,
    encoded: Any,
    logits_of: Callable[[Any], Any],
    wanted: Any,
    kind: str,
) -> tuple[Contributions, dict[str, Any]]:
    """Returns the pieces of a score; it can be traced into a graph.

    Args:
        explainer: An `Explainer`.
        encoded: What its encoder made of the images.
        logits_of: What `LogitHead` made of the performer's head.
        wanted: See `wanted_scores`.
        kind: One of `KINDS`.

    Returns:
        The pieces; and the decoder's features of the images as they are,
        which the pieces need anyway.
    """
    take = Scorer(explainer, logits_of, wanted)
    by = {"removal": by_removal, "shapley": by_shapley, "gradient": by_gradient}
    pieces = by[kind](explainer.encoder, encoded, take)
    return pieces, take.rebuilt


def known_kind(kind: str | None, parts: int) -> str:
    """Returns the kind of contributions, or that of the default.

    Args:
        kind: One of `KINDS`, or `None`.
        parts: How many parts the explainer has.

    Raises:
        InputError: If it is unknown or needs parts.
    """
    if kind is None:
        # A filter alone is not removed as training has seen it.
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


def by_gradient(encoder: Any, encoded: Any, take: Scorer) -> Contributions:
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


def slopes_of(encoder: Any, encoded: Any, take: Scorer) -> tuple[Any, Any]:
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


def by_removal(encoder: Any, encoded: Any, take: Scorer) -> Contributions:
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


def by_shapley(encoder: Any, encoded: Any, take: Scorer) -> Contributions:
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
            # All of them first, and then one after the other leaves.
            came = np.tril(np.ones((players + 1, players)), -1)[::-1]
            came = came[:, one.argsort()].astype(np.float32)
            scores = _without(encoder, encoded, take, came)[::-1]
            added = scores[1:] - scores[:-1]
            values = values + ops.take(added, one.argsort(), axis=0)
    values = values / (2 * ORDERS)
    parts, ordinary = ops.transpose(values[:-1]), values[-1]
    score = scores[-1]
    rest = score - ops.sum(parts, axis=-1) - ordinary
    return Contributions(parts, ordinary, rest, score)


def _without(encoder: Any, encoded: Any, take: Scorer, kept: np.ndarray) -> Any:
    """Scores `(n, batch)` with some parts, or the ordinary track, left out.

    Args:
        kept: `(n, parts + 1)`, 1 for what stays; the ordinary track last.
    """
    interp = ops.cast(encoded.interp_2, "float32")
    ordinary = ops.cast(encoded.ordinary, "float32")
    filters = ops.matmul(kept[:, :-1], encoder.membership)
    maps = ops.cast(encoded.part_maps, "float32")[..., :-1]
    # Added: LiteRT's converter turns `1 - einsum` to `einsum - 1`.
    left = 1 + ops.einsum("bhwk,nk->nbhw", maps, kept[:, :-1] - 1)
    left = ops.clip(left, 0.0, 1.0) * kept[:, -1:, None, None]
    tracks = (
        interp[None] * filters[:, None, None, None],
        ordinary[None] * left[..., None],
    )
    shape = (-1, *interp.shape[1:])
    dtype = encoded.interp_2.dtype
    flat = [ops.cast(ops.reshape(one, shape), dtype) for one in tracks]
    return take(encoder.mixed(*flat))
