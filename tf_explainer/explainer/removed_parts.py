"""Parts that are removed from images while the rest of an explainer learns."""

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from tf_explainer.distribution.replicas import drawn_rows
from tf_explainer.tensors import Features, Maps, PerImage, Tensor


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
        changes. Without parts, or with a share of 0, the features and nothing
        else.
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
    changed = _above_without(upper, features, maps, removed)
    return {**features, **changed}, given


def _above_without(
    upper: keras.Model, features: Features, maps: Maps, removed: PerImage
) -> dict[str, Tensor]:
    # Of the other images it is known.
    losing = tf.where(tf.reduce_any(removed > 0, axis=-1))
    # One more: TensorFlow convolves no images to a wrong height and width.
    seen = tf.concat([losing, tf.zeros((1, 1), losing.dtype)], axis=0)
    own, of_parts, gone = (
        tf.gather_nd(values, seen)
        for values in (features["target"], maps, removed)
    )
    erased = erased_target(ops.cast(own, "float32"), of_parts, gone)
    above = upper(ops.cast(erased, own.dtype), training=False)
    return {
        name: tf.tensor_scatter_nd_update(
            features[name], losing, ops.cast(value[:-1], features[name].dtype)
        )
        for name, value in above.items()
    }


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
