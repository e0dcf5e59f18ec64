"""What each part filter gives to a class score, before the softmax."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_explainer.attachment.head import predicted_categories, squeezing_layer
from tf_explainer.errors import InputError
from tf_explainer.features.image_checks import finite_images, nan_unless
from tf_explainer.features.images import check_images


def logit_head(head: keras.Model) -> Callable[[Any], Any]:
    """Returns a function to the class scores before softmax or sigmoid.

    A softmax makes every score depend on all of the others, so that what one
    part gives to one score cannot be told; the logits add up plainly. But it
    does not see a number that is added to all of them, so their mean over the
    categories is taken off: what a part gives to all categories alike speaks
    for none. Independent sigmoids see it, and keep their logits as they are.
    Of the two scores of one sigmoid the other has the other sign.

    Args:
        head: Functional model to the class scores `(batch, classes)`, such as
            `Attachment.head`.

    Returns:
        A function of what `head` takes to logits `(batch, classes)`, float32.
        It holds copies of the last layer's weights, as they are now.

    Source:
        The mean is ours; the paper does not say which score it takes.
    """
    found = squeezing_layer(head)
    if found is None:
        return lambda features: _scores(head(features, training=False), ())
    model = keras.Model(head.inputs[0], found.below, name="below_logits")
    linear = _without_activation(found.operation, found.below.shape)
    center = found.name != "sigmoid"
    return lambda features: _scores(
        linear(model(features, training=False)), found.above, center
    )


def _without_activation(layer: Any, shape: Any) -> Callable[[Any], Any]:
    if not getattr(layer, "weights", None):
        return lambda values: values
    config = {**layer.get_config(), "activation": "linear"}
    twin = type(layer).from_config(config)
    twin.build(shape)
    twin.set_weights(layer.get_weights())
    return twin


def _scores(logits: Any, above: tuple[Any, ...], center: bool = True) -> Any:
    logits = ops.cast(logits, "float32")
    columns = math.prod(logits.shape[1:])
    logits = ops.reshape(logits, (-1, columns))
    for layer in above:
        logits = layer.logits(logits)
    if center:
        logits = logits - ops.mean(logits, axis=-1, keepdims=True)
    return logits


class Contributions(NamedTuple):
    """The pieces that add up to the score of one category, by image.

    All are in units of the score before the softmax, less the mean of all
    categories' scores, which a softmax does not see; below 0 they speak
    against the category.

    Attributes:
        filters: float32 `(batch, filters)`, from each filter of conv-interp-2.
        ordinary: float32 `(batch,)`, from the ordinary track.
        bias: float32 `(batch,)`, from the biases of decoder and head.
        score: float32 `(batch,)`, the sum of all of them.
    """

    filters: Any
    ordinary: Any
    bias: Any
    score: Any


def contributions(
    explainer: Any, images: Any, category: Any = None
) -> Contributions:
    """Returns what every filter and the ordinary track give to a score.

    The score is the category's own before the softmax, less the mean of
    all categories' (`logit_head`), from the rebuilt features. A filter's
    contribution is gradient × activation, summed over its masked map at
    conv-interp-2. Norm, pooling, mixer, decoder and head are piecewise
    linear (conv, dense, batch normalization, ReLU, pooling), so the
    pieces add up to the score with nothing left over but the biases;
    behind other activations `bias` also holds what the gradient does not
    see.

    Args:
        explainer: An `Explainer`.
        images: `(batch, H, W, 3)` as the performer takes them, or a batch
            of its features, as `cached_features` keeps them.
        category: Index of the category, one for all images or one each;
            by default the one that the performer gives the highest score.

    Raises:
        InputError: If `category` is no category of the performer, or if
            the images do not fit it or are not finite.

    Source:
        Zhang et al. 2018, figure 5, "contributions of different object
        parts"; gradient × activation as in Zhou et al. 2016 and Selvaraju
        et al. 2017 (references [45] there and Grad-CAM).
    """
    reader = explainer.examples
    if not isinstance(images, dict):
        check_images(images, reader.shape)
    features = reader.features(images)
    predicted = predicted_categories(features["scores"])
    chosen = _categories(category, np.asarray(predicted))
    logits_of = logit_head(explainer.attachment.head)
    maps = explainer.encode(features).interp_2
    ordin = _ordinary_maps(explainer, features["target"])
    with tf.GradientTape() as tape:
        tape.watch([maps, ordin])
        output = _mixed(explainer, maps, ordin)
        rebuilt = explainer.decoder(output, training=False)
        logits = logits_of(rebuilt[explainer.reconstructed_layers[-1]])
        score = tf.gather(logits, chosen, batch_dims=1)
    slopes = tape.gradient(score, [maps, ordin])
    by_filter, by_channel = (
        ops.sum(ops.cast(slope * values, "float32"), axis=(1, 2))
        for slope, values in zip(slopes, (maps, ordin), strict=True)
    )
    ordinary = ops.sum(by_channel, axis=-1)
    rest = score - ordinary - ops.sum(by_filter, axis=-1)
    finite = finite_images(
        None if isinstance(images, dict) else images, features
    )
    pieces = nan_unless(finite, (by_filter, ordinary, rest, score))
    return Contributions(*pieces)


def _ordinary_maps(explainer: Any, target: Any) -> Any:
    encoder = explainer.encoder
    target = ops.cast(target, encoder.compute_dtype)
    return encoder.norm_ordin(encoder.conv_ordin(target))


def _mixed(explainer: Any, maps: Any, ordin: Any) -> Any:
    """The encoder from the maps of its two tracks on."""
    encoder = explainer.encoder
    interp = encoder.norm_interp(maps)
    mixed = encoder.mixer([encoder.pooled(interp), encoder.pooled(ordin)])
    return mixed * ops.cast(encoder.magnitude, mixed.dtype)


def _categories(category: Any, predicted: np.ndarray) -> np.ndarray:
    """Index of a category for each image, `(batch,)`."""
    images, classes = predicted.shape
    if category is None:
        return predicted.argmax(axis=-1)
    chosen = np.asarray(category)
    whole = np.issubdtype(chosen.dtype, np.integer)
    if not whole or chosen.shape not in ((), (images,)):
        raise InputError(
            "`category` must be one whole number, or one for each of the "
            f"{images} images, received {category!r}."
        )
    if ((chosen < 0) | (chosen >= classes)).any():
        raise InputError(
            f"`category` must lie in [0, {classes - 1}], received {category!r}."
        )
    return np.broadcast_to(chosen, (images,))
